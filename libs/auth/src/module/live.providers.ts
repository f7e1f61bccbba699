import { type Provider } from '@nestjs/common';
import { JwtVerifier } from '../access-tokens/jwt-verifier.js';
import { credentialFinder } from '../live/credential-of.js';
import { LiveSignIns } from '../live/live-sign-ins.js';
import { SignInWatch } from '../live/sign-in-watch.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { AuthStores } from '../stores/auth-stores.js';
import { GuardedStores } from '../stores/guarded-stores.js';
import { Clock } from '../time/clock.js';
import { StoreClock } from '../time/store-clock.js';
import { nullable, provide } from '../wiring/provide.js';

/** Connections that end with their sign-in. */
export const LIVE_PROVIDERS: Provider[] = [
  provide(
    LiveSignIns,
    [
      nullable(RevocationFeed),
      ResolvedAuthOptions,
      AuthStores,
      GuardedStores,
      JwtVerifier,
      Clock,
      StoreClock,
    ],
    (feed, { revocation, accessTokens }, stores, { sessions: store }, verifier, clock, storeClock) => {
      const { maxStalenessMs, onUnavailable, mode } = revocation;
      const watch = new SignInWatch(
        feed,
        { maxStalenessMs, onUnavailable, asksAboutTokens: mode === 'lookup' },
        clock,
        credentialFinder(clock, accessTokens.clockToleranceMs, feed?.index ?? null, { store, storeClock }),
      );
      verifier.onKeysChanged(() => watch.keysChanged());
      if (!feed) stores.tellsOwn((own) => watch.heardOwn(own));
      return new LiveSignIns(watch);
    },
  ),
];
