import type { Provider } from '@nestjs/common';
import { SecurityEventSink } from '../../audit/security-event.js';
import { DerivedKeys } from '../../crypto/derived-keys.js';
import { AuthConfigError } from '../../errors/auth-config-error.js';
import { SignInResponse } from '../../http/sign-in-response.js';
import { ResolvedAuthOptions } from '../../options/resolve-auth-options.js';
import { RefreshTokenCodec } from '../../refresh-tokens/refresh-token-codec.js';
import { SessionTokenCodec } from '../../sessions/session-token.js';
import { Authenticator } from '../../sign-in/authenticator.js';
import { SignInOpener } from '../../sign-in/sign-in-opener.js';
import { SignOut } from '../../sign-in/sign-out.js';
import { TokenRefresh } from '../../sign-in/token-refresh.js';
import { GuardedStores } from '../../stores/guarded-stores.js';
import { Clock } from '../../time/clock.js';
import { UserLoader } from '../../users/user-loader.js';
import { provide } from '../../wiring/provide.js';
import { FormerClaimStore } from './claims/former-claim-store.js';
import { ResolvedFormerSignInsOptions } from './accepted-credentials.js';
import { FormerSignIns } from './former-sign-ins.service.js';
import { OpenedSignIns } from './redemption/opened-sign-ins.js';
import { Redemption } from './redemption/redemption.js';

/** Throws AuthConfigError for a kind whose cookie is one of ours: it would never be looked at. */
function checkCookies(accept: ResolvedFormerSignInsOptions['accept'], own: readonly string[]): void {
  const taken = accept.find(({ cookie }) => cookie !== undefined && own.includes(cookie));
  if (taken)
    throw new AuthConfigError(
      `"former-sign-ins.accept" must have other cookies than those of AuthModule (got ${taken.cookie} of ${taken.name}): give "cookies" another name`,
    );
}

/** Former credentials: what is kept of them, how they are redeemed, how requests bring them. */
export const FORMER_SIGN_INS_PROVIDERS: Provider[] = [
  provide(
    OpenedSignIns,
    [GuardedStores, DerivedKeys, SessionTokenCodec, RefreshTokenCodec, Authenticator, TokenRefresh],
    (stores, keys, sessionTokens, refreshTokens, authenticator, tokenRefresh) =>
      new OpenedSignIns(stores, keys, sessionTokens, refreshTokens, authenticator, tokenRefresh),
  ),
  provide(
    Redemption,
    [
      FormerClaimStore,
      OpenedSignIns,
      GuardedStores,
      UserLoader,
      SignInOpener,
      SignOut,
      SecurityEventSink,
      Clock,
      ResolvedAuthOptions,
    ],
    (claims, opened, { subjects }, users, opener, signOut, events, clock, options) => {
      const { maxSignInsPerSubject: max, onSignInLimit: policy } = options;
      const parts = { claims, opened, subjects, users, opener, signOut, events, clock };
      const lifetimeMs = { session: options.sessions.absoluteMs, tokens: options.refreshTokens.absoluteMs };
      return new Redemption(parts, max === null ? null : { max, policy }, lifetimeMs);
    },
  ),
  provide(
    FormerSignIns,
    [
      Redemption,
      OpenedSignIns,
      FormerClaimStore,
      SignOut,
      SignInResponse,
      Clock,
      ResolvedFormerSignInsOptions,
      ResolvedAuthOptions,
    ],
    (redemption, opened, claims, signOut, answer, clock, options, { cookies }) => {
      checkCookies(options.accept, [cookies.session.name, cookies.refresh.name]);
      const parts = { redemption, opened, claims, signOut, answer, clock };
      return new FormerSignIns(parts, options, cookies.refresh.name);
    },
  ),
];
