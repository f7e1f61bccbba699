import type { ErrorCause } from './error-cause.js';

/**
 * A mistake in how the module is set up, or in the options of a call. Thrown while the application boots, or by that call before
 * it has done anything; the message names
 * the option, what was wrong with it and what is allowed.
 */
export class AuthConfigError extends Error {
  readonly code = 'AUTH_CONFIG_INVALID';

  constructor(message: string, options?: ErrorCause) {
    super(message, options);
    this.name = 'AuthConfigError';
  }
}

/** What is wrong when a TypeORM connection does not know our entities, and what helps. */
export const ENTITIES_MISSING =
  'the entities of AuthModule must be in its TypeORM connection (got a connection without them): import AuthModule.forRoot(...) and set autoLoadEntities: true, or set entities: [...AUTH_ENTITIES, ...]';
