import type { Provider } from '@nestjs/common';
import { KnownDevices } from '../../attempts/known-devices.js';
import { SecurityEventSink } from '../../audit/security-event.js';
import { DerivedKeys } from '../../crypto/derived-keys.js';
import { ResolvedAuthOptions } from '../../options/resolve-auth-options.js';
import { RefreshTokenService } from '../../refresh-tokens/refresh-token.service.js';
import { RecentSignIn } from '../../sign-in/recent-sign-in.js';
import { SignInOpener } from '../../sign-in/sign-in-opener.js';
import { SignOut } from '../../sign-in/sign-out.js';
import { GuardedStores } from '../../stores/guarded-stores.js';
import { UserLoader } from '../../users/user-loader.js';
import { provide } from '../../wiring/provide.js';
import { ResolvedHandoverOptions } from './handover-settings.js';
import { HandoverParents } from './handover-parents.js';
import { HandoverTokens } from './handover-token.js';
import { Handovers } from './handovers.js';
import { HandoverCookie } from './http/handover-cookie.js';
import { HandoverRoutes } from './http/handover.controller.js';
import { HandoverStore } from './store/handover-store.js';

/** Links that hand a sign-in over, and what its routes need. */
export const HANDOVER_PROVIDERS: Provider[] = [
  provide(HandoverTokens, [DerivedKeys], (keys) => new HandoverTokens(keys)),
  provide(
    HandoverParents,
    [GuardedStores, RefreshTokenService, ResolvedAuthOptions],
    (stores, families, { refreshTokens }) => new HandoverParents(stores, families, refreshTokens),
  ),
  provide(
    Handovers,
    [
      HandoverStore,
      HandoverTokens,
      HandoverParents,
      RecentSignIn,
      GuardedStores,
      UserLoader,
      SignInOpener,
      SignOut,
      SecurityEventSink,
      KnownDevices,
      ResolvedHandoverOptions,
      ResolvedAuthOptions,
    ],
    (store, tokens, parents, recent, { subjects }, users, opener, signOut, events, devices, own, options) => {
      const { maxSignInsPerSubject: max, onSignInLimit: policy } = options;
      const parts = { store, tokens, parents, recent, subjects, users, opener, signOut, events, devices };
      return new Handovers(parts, max === null ? null : { max, policy }, own);
    },
  ),
  provide(HandoverCookie, [ResolvedAuthOptions], ({ cookies }) => new HandoverCookie(cookies)),
  provide(
    HandoverRoutes,
    [ResolvedHandoverOptions, ResolvedAuthOptions],
    ({ base, mode }, { issuer, defaultMode }) => ({
      base: base ?? issuer.replace(/\/+$/, ''),
      mode: mode ?? (defaultMode === 'hybrid' ? 'hybrid' : 'session'),
    }),
  ),
];
