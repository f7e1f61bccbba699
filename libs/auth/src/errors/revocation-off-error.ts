import { AuthError } from './auth-error.js';
import type { ErrorCause } from './error-cause.js';

/** With `revocation.mode: 'none'` nothing asks whether an access token was revoked, so none can be. Nothing was done. */
export class RevocationOffError extends AuthError {
  readonly code = 'AUTH_REVOCATION_OFF';
  constructor(options?: ErrorCause) {
    super('Access tokens of this service are good until they expire: they cannot be revoked.', options);
  }
}
