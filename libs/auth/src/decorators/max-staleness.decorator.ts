import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { type Duration, durationMs } from '../time/duration.js';

export const MAX_STALENESS = Symbol.for('nestjs-aerie.max-staleness');

/** No record of a sign-in is believed for longer. */
const MOST_MS = 60_000;

/**
 * How old the knowledge may be on which a route admits a credential: `'0s'` asks the table of record, on every request.
 * Our guards heed it, in every `revocation.mode`; Passport's own `AuthGuard` does not. On a handler it replaces what
 * its class says. Throws AuthConfigError for what is not a duration of at most `60s`.
 */
export const MaxStaleness = (duration: Duration): CustomDecorator<symbol> => {
  const ms = durationMs(duration);
  if (ms === undefined || ms > MOST_MS)
    throw new AuthConfigError(
      `@MaxStaleness must be given a duration of at most 60s (got ${JSON.stringify(duration)})`,
    );
  return SetMetadata(MAX_STALENESS, ms);
};
