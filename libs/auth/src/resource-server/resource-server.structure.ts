import type { ModuleMetadata } from '@nestjs/common';
import { AuthConfigError } from '../errors/auth-config-error.js';

/** Options that shape the module before the container exists: literals, given beside the factory where there is one. */
export interface ResourceServerStructuralOptions {
  /** Modules that export what the factory needs. Default: none. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  /** Whether guards can be injected everywhere. Default true. */
  readonly isGlobal?: boolean;
  /**
   * Whether every route needs an access token unless it is `@Public()`; those with `ServiceAuthGuard` are left to it.
   * Default false.
   */
  readonly globalGuard?: boolean;
}

/** Every structural key, and its default. */
export const RESOURCE_SERVER_STRUCTURE = { imports: [], isGlobal: true, globalGuard: false };

/** Refuses a structural option among the runtime ones that a factory returned. */
export function refuseStructural(options: unknown): void {
  for (const key of Object.keys(RESOURCE_SERVER_STRUCTURE)) {
    if (Object.hasOwn(Object(options) as object, key))
      throw new AuthConfigError(
        `"${key}" must be given beside the factory (got it from the factory): it is needed before the factory runs`,
      );
  }
}

/** Throws AuthConfigError for a structural option that is wrong. */
export function checkedStructure(given: ResourceServerStructuralOptions): ResourceServerStructuralOptions {
  for (const key of ['isGlobal', 'globalGuard'] as const) {
    if (typeof given[key] !== 'boolean')
      throw new AuthConfigError(`"${key}" must be true or false (got ${typeof given[key]})`);
  }
  if (!Array.isArray(given.imports))
    throw new AuthConfigError(`"imports" must be a list of modules (got ${typeof given.imports})`);
  return given;
}
