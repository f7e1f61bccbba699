import type { ModuleMetadata, Type } from '@nestjs/common';
import { AuthConfigError } from '../errors/auth-config-error.js';
import type { UserDirectory } from '../principal/user-directory.js';
import { AuthStores } from '../stores/auth-stores.js';

/** Options that shape the module before the container exists: literals, given beside the factory where there is one. */
export interface AuthStructuralOptions {
  /** Modules that export `users`, `stores` and what the factory needs. Default: none. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  /** The host's UserDirectory: a provider of an imported module, or, without `imports`, of AuthModule itself. */
  readonly users: Type<UserDirectory>;
  /** Whether guards and services can be injected everywhere. Default true. */
  readonly isGlobal?: boolean;
  /**
   * The host's own stores, in place of those on TypeORM: a provider of an imported module, or, without `imports`, of
   * AuthModule itself. Default: ours, on the TypeORM connection.
   */
  readonly stores?: Type<AuthStores>;
  /** The name of the TypeORM connection. Default: the unnamed one. */
  readonly dataSource?: string;
  /** Where the built-in routes are, or false for none. Default `{ path: 'auth' }`. */
  readonly routes?: false | { readonly path: string };
  /** Whether every route needs a sign-in (`AnyAuthGuard`) unless it is `@Public()`. Default false. */
  readonly globalGuard?: boolean;
  /**
   * Whether this application issues tokens to services: then there are the routes for them (`token`, `introspect`,
   * `revoke`, `revocations`), and the tables of service clients are needed. Default false.
   */
  readonly services?: boolean;
}

/** Every structural key, and its default. */
export const STRUCTURAL_DEFAULTS = {
  imports: [],
  users: undefined,
  isGlobal: true,
  stores: undefined,
  dataSource: undefined,
  routes: { path: 'auth' },
  globalGuard: false,
  services: false,
};

/** Refuses a structural option among the runtime ones that a factory returned. */
export function refuseStructural(options: unknown): void {
  if (typeof options !== 'object' || options === null) return;
  for (const key of Object.keys(STRUCTURAL_DEFAULTS)) {
    if (Object.hasOwn(options, key)) {
      throw new AuthConfigError(
        `"${key}" must be given beside the factory (got it from the factory): it is needed before the factory runs`,
      );
    }
  }
}

/** Refuses options of what is not in use. */
export function refuseUnused(options: unknown, { stores, services }: AuthStructuralOptions): void {
  if (!services && Object.hasOwn(Object(options), 'serviceTokens')) {
    throw new AuthConfigError(
      '"serviceTokens" must be left out unless "services" is true (got it without): no service is issued a token',
    );
  }
  if (stores && Object.hasOwn(Object(options), 'database')) {
    throw new AuthConfigError(
      '"database" must be left out beside "stores" (got both): it is about the TypeORM connection, which they replace',
    );
  }
}

/** Throws AuthConfigError for `stores: undefined`: a circular import must not put sign-ins into another database. */
export function refuseUndefinedStores(options: AuthStructuralOptions): void {
  if (Object.hasOwn(options, 'stores') && options.stores === undefined) {
    throw new AuthConfigError(
      '"stores" must be a class that extends AuthStores, or left out (got undefined: a circular import?)',
    );
  }
}

function described(value: unknown): string {
  if (typeof value === 'function') return `the class ${value.name}, which does not`;
  return value === null ? 'null' : typeof value;
}

/** Throws AuthConfigError for a structural option that is wrong. */
export function checkedStructure(given: AuthStructuralOptions): AuthStructuralOptions {
  const { users, stores, dataSource, routes, isGlobal, globalGuard, services, imports } = given;
  const refuse = (key: string, allowed: string, got: string): never => {
    throw new AuthConfigError(`"${key}" must be ${allowed} (got ${got})`);
  };
  if (typeof users !== 'function') {
    refuse(
      'users',
      'a class that implements UserDirectory',
      users === undefined ? 'undefined: left out, or a circular import' : typeof users,
    );
  }
  if (stores !== undefined && !(typeof stores === 'function' && stores.prototype instanceof AuthStores))
    refuse('stores', 'a class that extends AuthStores', described(stores));
  if (stores && dataSource !== undefined)
    refuse('dataSource', 'left out beside "stores", which need no TypeORM connection of ours', 'both');
  if (dataSource !== undefined && typeof dataSource !== 'string')
    refuse('dataSource', 'the name of a TypeORM connection', typeof dataSource);
  if (
    routes !== false &&
    (typeof routes?.path !== 'string' || !/^\/?[\w.~-]+(\/[\w.~-]+)*$/.test(routes.path))
  ) {
    refuse('routes', 'false or { path }, a path such as "auth"', JSON.stringify(routes) ?? 'undefined');
  }
  if (routes && Object.keys(routes).length > 1) refuse('routes', 'false or { path }', JSON.stringify(routes));
  if (typeof isGlobal !== 'boolean') refuse('isGlobal', 'true or false', typeof isGlobal);
  if (typeof globalGuard !== 'boolean') refuse('globalGuard', 'true or false', typeof globalGuard);
  if (typeof services !== 'boolean') refuse('services', 'true or false', typeof services);
  if (!Array.isArray(imports)) refuse('imports', 'a list of modules', typeof imports);
  return given;
}
