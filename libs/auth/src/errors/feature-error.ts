import { AuthError, type FeatureErrorCode } from './auth-error.js';
import type { ErrorCause } from './error-cause.js';

/** What became of a request, in words; the edge has the status of each. */
export type FeatureErrorKind =
  'invalid' | 'unauthenticated' | 'forbidden' | 'not-found' | 'conflict' | 'limited';

/**
 * An error of a feature for the caller of a route. `code` and `message` are public; `cause` stays in the process.
 *
 * @example
 * ```ts
 * import { FeatureError } from 'nestjs-aerie/feature';
 *
 * export class VersionUnknownError extends FeatureError {
 *   readonly code = 'TERMS_VERSION_UNKNOWN';
 *   readonly kind = 'invalid';
 *   constructor() {
 *     super('There is no such version of the terms.');
 *   }
 * }
 * ```
 */
export abstract class FeatureError extends AuthError {
  /** Upper-case words with underscores, which begin with the feature's name; never with `AUTH_`. */
  abstract override readonly code: FeatureErrorCode;
  abstract readonly kind: FeatureErrorKind;

  constructor(message: string, options?: ErrorCause) {
    super(message, options);
  }
}
