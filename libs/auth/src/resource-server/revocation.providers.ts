import { type Provider } from '@nestjs/common';
import { AccessTokenVerifier } from '../access-tokens/access-token-verifier.js';
import { AuthCounters } from '../audit/auth-counters.js';
import { HttpClient } from '../http-client/http-client.js';
import { AccessTokenCheck } from '../revocation-check/revocation-check.js';
import { TokenAuthenticator } from '../revocation-check/token-authenticator.js';
import { RevocationLogReader } from '../revocation/revocation-log-reader.js';
import { ACCESS_TOKEN_RULES, FeedCheck } from '../revocation-check/feed-check.js';
import { JwtVerifier } from '../access-tokens/jwt-verifier.js';
import { credentialFinder } from '../live/credential-of.js';
import { LiveSignIns } from '../live/live-sign-ins.js';
import { SignInWatch } from '../live/sign-in-watch.js';
import { notificationChannelOf, RedisNotifier } from '../revocation/redis-notifier.js';
import { RevocationNotifier } from '../revocation/revocation-notifier.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { NoCheck, UnavailableCheck } from '../revocation-check/no-check.js';
import { Clock } from '../time/clock.js';
import { StoreClock } from '../time/store-clock.js';
import { HttpRevocationLog } from './issuer/http-revocation-log.js';
import { IntrospectedTokenAuthenticator } from './introspected-token-authenticator.js';
import { Introspection } from './issuer/introspection.js';
import { PollingCheck } from './polling-check.js';
import { RefusalCounters } from './refusal-counters.js';
import { ResourceAuthenticator } from './resource-authenticator.js';
import { ResolvedResourceServerOptions } from './resource-server.options.js';
import { ServiceTokenClient } from './issuer/service-token-client.js';
import { TokenEndpoint } from './issuer/token-endpoint.js';
import { nullable, provide } from '../wiring/provide.js';

const TOKEN_TIMEOUT_MS = 5_000;
/** In mode `none`: how often connections look whether their token has expired depends on it, and nothing else. */
const NEVER_ASKED_MS = 5_000;

/** A service is told of a new issuer before that issuer has taken its name: an assertion is for both. */
const assertedFor = (
  issuer: string,
  former: ResolvedResourceServerOptions['formerIssuers'],
): string | readonly string[] =>
  former.length === 0 ? issuer : [issuer, ...former.map((one) => one.issuer)];

/** How this process learns what has ended. Providers that a mode does not need are null. */
export const RESOURCE_REVOCATION_PROVIDERS: Provider[] = [
  provide(nullable(RevocationNotifier), [ResolvedResourceServerOptions], ({ revocation, issuer }) =>
    revocation.mode === 'feed' && revocation.redis
      ? new RedisNotifier(revocation.redis, notificationChannelOf(issuer))
      : null,
  ),
  provide(
    nullable(RevocationFeed),
    [ResolvedResourceServerOptions, HttpClient, Clock, AuthCounters, nullable(RevocationNotifier)],
    ({ revocation, issuer, formerIssuers }, http, clock, counters, notifier) => {
      if (revocation.mode !== 'feed') return null;
      const { tokenUrl, credentials } = revocation;
      const audience = assertedFor(issuer, formerIssuers);
      const rules = { tokenUrl, credentials, audience, timeoutMs: TOKEN_TIMEOUT_MS };
      const endpoint = new TokenEndpoint(rules, http, clock);
      const tokens = new ServiceTokenClient(endpoint, http, clock);
      const log = new HttpRevocationLog(revocation, tokens, http);
      // There is no table here to ask instead: reading everything takes as long as it takes.
      const reader = new RevocationLogReader(log, revocation.maxEntries, clock);
      return new RevocationFeed(reader, revocation, clock, new StoreClock(clock), notifier, counters);
    },
  ),
  provide(
    nullable(Introspection),
    [ResolvedResourceServerOptions, HttpClient, Clock],
    ({ revocation, issuer, formerIssuers, cacheSize }, http, clock) => {
      if (revocation.mode !== 'introspection') return null;
      const { url, maxStalenessMs, credentials } = revocation;
      const audience = assertedFor(issuer, formerIssuers);
      return new Introspection({ url, maxStalenessMs, audience, cacheSize }, credentials, http, clock);
    },
  ),
  provide(
    AccessTokenCheck,
    [ResolvedResourceServerOptions, nullable(RevocationFeed), Clock, AuthCounters],
    ({ revocation }, feed, clock, counters) => {
      if (revocation.mode !== 'feed' || !feed) return new NoCheck(new UnavailableCheck());
      const polling = new PollingCheck(feed, ACCESS_TOKEN_RULES, clock);
      return new FeedCheck(feed, ACCESS_TOKEN_RULES, polling, revocation.onUnavailable, counters);
    },
  ),
  provide(
    ResourceAuthenticator,
    [AccessTokenVerifier, AccessTokenCheck, nullable(Introspection), RefusalCounters],
    (verifier, check, introspection, refusals) =>
      refusals.watch(
        new ResourceAuthenticator(
          introspection
            ? new IntrospectedTokenAuthenticator(verifier, check, introspection)
            : new TokenAuthenticator(verifier, check),
        ),
        ['cachedAccessToken', 'accessToken'],
      ),
  ),
  provide(
    LiveSignIns,
    [ResolvedResourceServerOptions, nullable(RevocationFeed), JwtVerifier, Clock],
    ({ revocation, clockToleranceMs }, feed, verifier, clock) => {
      const { mode } = revocation;
      const rules = {
        maxStalenessMs: mode === 'none' ? NEVER_ASKED_MS : revocation.maxStalenessMs,
        onUnavailable: mode === 'feed' ? revocation.onUnavailable : 'refuse',
        asksAboutTokens: mode === 'introspection',
      } as const;
      const find = credentialFinder(clock, clockToleranceMs, feed?.index ?? null, null);
      const watch = new SignInWatch(feed, rules, clock, find);
      verifier.onKeysChanged(() => watch.keysChanged());
      return new LiveSignIns(watch);
    },
  ),
];
