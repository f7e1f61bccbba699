import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { type Duration, durationMs } from '../time/duration.js';

export const MAX_STALENESS = Symbol.for('nestjs-aerie.max-staleness');

/** No record of a sign-in is used for longer. */
const MOST_MS = 60_000;

/**
 * The highest age of the revocation data that may admit a request to this route. `'0s'` reads the table, on every request.
 * The guards of this package check it, in every `revocation.mode`; Passport's own `AuthGuard` does not. On a handler it
 * replaces the value of its class.
 *
 * @throws AuthConfigError for a value that is no duration of at most `60s`.
 * @example
 * ```ts
 * import { applyDecorators, Post } from '@nestjs/common';
 * import { MaxStaleness } from 'nestjs-aerie';
 *
 * export const Payment = () => applyDecorators(Post('payments'), MaxStaleness('0s'));
 * ```
 */
export const MaxStaleness = (duration: Duration): CustomDecorator<symbol> => {
  const ms = durationMs(duration);
  if (ms === undefined || ms > MOST_MS)
    throw new AuthConfigError(
      `@MaxStaleness must be given a duration of at most 60s (got ${JSON.stringify(duration)})`,
    );
  return SetMetadata(MAX_STALENESS, ms);
};
