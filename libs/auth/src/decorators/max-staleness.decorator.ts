import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { type Duration, durationMs } from '../time/duration.js';

export const MAX_STALENESS = 'aerie:max-staleness';

/**
 * How old the knowledge may be on which a route admits a credential: `'0s'` asks the table of record, on every request.
 * Our guards heed it, in every `revocation.mode`; Passport's own `AuthGuard` does not. On a handler it replaces what
 * its class says. Throws AuthConfigError for what is not a duration.
 */
export const MaxStaleness = (duration: Duration): CustomDecorator => {
  const ms = durationMs(duration);
  if (ms === undefined)
    throw new AuthConfigError(`@MaxStaleness must be given a duration (got ${JSON.stringify(duration)})`);
  return SetMetadata(MAX_STALENESS, ms);
};
