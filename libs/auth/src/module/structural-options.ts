import type { ModuleMetadata, Type } from '@nestjs/common';
import { AuthConfigError } from '../errors/auth-config-error.js';
import type { AuthFeature } from '../features/auth-feature.js';
import { checkFeatures } from './feature-checks.js';
import type { CompleteUserDirectory } from '../principal/user-directory.js';
import { AuthStores } from '../stores/auth-stores.js';
import type { StoresDoor } from '../stores/stores-door.js';

/** Options that shape the module before the container exists: literals, given beside the factory where there is one. */
export interface AuthStructuralOptions {
  /** Modules that export `users`, `stores` and what the factory needs. Default: none. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  /** The host's UserDirectory: a provider of an imported module, or, without `imports`, of AuthModule itself. */
  readonly users: Type<CompleteUserDirectory>;
  /** Whether guards and services can be injected everywhere. Default true. */
  readonly isGlobal?: boolean;
  /**
   * Where sign-ins are kept: `typeOrmStores()` of `nestjs-aerie/typeorm`, or a class of the host's own that extends
   * AuthStores (a provider of an imported module, or, without `imports`, of AuthModule itself).
   */
  readonly stores: Type<AuthStores> | StoresDoor;
  /** Where the built-in routes are, or false for none. Default `{ path: 'auth' }`. */
  readonly routes?: false | { readonly path: string };
  /** Whether every route needs a sign-in (`AnyAuthGuard`) unless it is `@Public()`. Default false. */
  readonly globalGuard?: boolean;
  /** What is switched on beside signing in, such as `serviceIssuer()` of `nestjs-aerie/service-tokens`. Default: nothing. */
  readonly features?: readonly AuthFeature[];
}

/** Every structural key, and its default. */
export const STRUCTURAL_DEFAULTS = {
  imports: [],
  users: undefined,
  isGlobal: true,
  stores: undefined,
  routes: { path: 'auth' },
  globalGuard: false,
  features: [],
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

/** Whether stores are a door rather than a class. */
export function isDoor(stores: unknown): stores is StoresDoor {
  return typeof stores === 'object' && stores !== null && 'provider' in stores;
}

function described(value: unknown): string {
  if (value === undefined) return 'undefined: left out, or a circular import';
  if (typeof value === 'function')
    return /^class\b/.test(String(value))
      ? `the class ${value.name}, which does not`
      : `the function ${value.name}: call it`;
  if (value instanceof AuthStores) return `an object of ${value.constructor.name}: give the class`;
  return value === null ? 'null' : typeof value;
}

/** Throws AuthConfigError for a structural option that is wrong. */
export function checkedStructure(given: AuthStructuralOptions): AuthStructuralOptions {
  const { users, stores, routes, isGlobal, globalGuard, features, imports } = given;
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
  if (!isDoor(stores) && !(typeof stores === 'function' && stores.prototype instanceof AuthStores))
    refuse(
      'stores',
      `typeOrmStores() (from 'nestjs-aerie/typeorm'), or a class that extends AuthStores`,
      described(stores),
    );
  if (
    routes !== false &&
    (typeof routes?.path !== 'string' || !/^\/?[\w.~-]+(\/[\w.~-]+)*$/.test(routes.path))
  ) {
    refuse('routes', 'false or { path }, a path such as "auth"', JSON.stringify(routes) ?? 'undefined');
  }
  if (routes && Object.keys(routes).length > 1) refuse('routes', 'false or { path }', JSON.stringify(routes));
  if (typeof isGlobal !== 'boolean') refuse('isGlobal', 'true or false', typeof isGlobal);
  if (typeof globalGuard !== 'boolean') refuse('globalGuard', 'true or false', typeof globalGuard);
  if (!Array.isArray(features))
    refuse('features', 'a list of features, such as [serviceIssuer()]', typeof features);
  checkFeatures(features as readonly AuthFeature[]);
  if (!Array.isArray(imports)) refuse('imports', 'a list of modules', typeof imports);
  return given;
}
