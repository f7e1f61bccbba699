import type { AccessToken } from '../access-tokens/access-token.js';
import { admittedTokenOf } from '../revocation-check/token-authenticator.js';
import type { RevocationIndex } from '../revocation/revocation-index.js';
import type { ServiceToken } from '../service-tokens/service-token.js';
import { sessionOf } from '../sessions/session-of-principal.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { Clock } from '../time/clock.js';
import type { StoreClock } from '../time/store-clock.js';
import { isStandIn, StandInCredential } from './stand-in-credential.js';
import type { WatchedCredential } from './watched-credential.js';
import { WatchedSession } from './watched-session.js';
import { WatchedToken } from './watched-token.js';

/** What the sessions of this process are asked with. */
export interface WatchedSessions {
  readonly store: Pick<SessionStore, 'read'>;
  readonly storeClock: StoreClock;
}

/**
 * Finds the credential that a principal was made of. Throws TypeError for a copy, and for a principal of the application's own
 * making. `sessions`: null where there are none.
 */
export function credentialFinder(
  clock: Clock,
  clockToleranceMs: number,
  index: RevocationIndex | null,
  sessions: WatchedSessions | null,
): (principal: object) => WatchedCredential {
  return (principal) => {
    const admitted = admittedTokenOf<AccessToken | ServiceToken>(principal);
    if (admitted) return new WatchedToken(admitted, clockToleranceMs);
    if (isStandIn(principal)) return new StandInCredential(principal);
    const session = sessions && sessionOf(principal);
    if (!session)
      throw new TypeError(
        '"principal" must be the user of @CurrentUser() or RequestAuthenticator, or the service of @CurrentService() (got a copy, or another object)',
      );
    return new WatchedSession(principal, session, sessions.store, clock, sessions.storeClock, index);
  };
}
