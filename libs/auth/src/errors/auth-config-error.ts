import type { ErrorCause } from './error-cause.js';

/**
 * A mistake in the options of the module, or of a call. Thrown while the application boots, or by the call before it has
 * done anything. The message names the option, the mistake and the allowed values.
 *
 * @example
 * ```ts
 * import { AuthConfigError } from 'nestjs-aerie';
 *
 * export function isMistake(error: unknown) {
 *   return error instanceof AuthConfigError && error.code === 'AUTH_CONFIG_INVALID';
 * }
 * ```
 */
export class AuthConfigError extends Error {
  readonly code = 'AUTH_CONFIG_INVALID';

  constructor(message: string, options?: ErrorCause) {
    super(message, options);
    this.name = 'AuthConfigError';
  }
}
