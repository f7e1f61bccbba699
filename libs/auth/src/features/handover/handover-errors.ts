import { FeatureError } from '../../errors/feature-error.js';
import type { ErrorCause } from '../../errors/error-cause.js';

/** The link was opened before, has expired, was replaced by a newer one, or its sign-in has ended: one error on purpose. */
export class HandoverInvalidError extends FeatureError {
  readonly code = 'HANDOVER_INVALID';
  readonly kind = 'invalid';
  constructor(options?: ErrorCause) {
    super('This link is not valid any more. Ask for a new one in the application.', options);
  }
}

/** A sign-in that was opened by a handover cannot hand itself over. Sign in there, then ask again. */
export class HandoverFromChildError extends FeatureError {
  readonly code = 'HANDOVER_FROM_CHILD';
  readonly kind = 'forbidden';
  constructor(options?: ErrorCause) {
    super('A sign-in that was handed over cannot be handed on.', options);
  }
}

/** Too many sign-ins were opened from this one, and may still live. */
export class HandoverLimitError extends FeatureError {
  readonly code = 'HANDOVER_LIMIT';
  readonly kind = 'conflict';
  constructor(options?: ErrorCause) {
    super('Too many sign-ins were opened from this one: sign in again first.', options);
  }
}
