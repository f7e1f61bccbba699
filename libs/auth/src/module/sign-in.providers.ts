import { type Provider } from '@nestjs/common';
import { AccessTokenIssuer } from '../access-tokens/access-token-issuer.js';
import { AccessTokenVerifier } from '../access-tokens/access-token-verifier.js';
import { AuthCounters } from '../audit/auth-counters.js';
import { ProcessStatus } from '../audit/process-status.js';
import { SecurityEventSink } from '../audit/security-event-sink.js';
import { SecurityEventStore } from '../audit/security-event-store.js';
import { AUDIT_PROVIDERS } from './audit.providers.js';
import { KEY_PROVIDERS } from './keys.providers.js';
import { PasswordHasher } from '../users/password-hasher.js';
import { DerivedKeys } from '../crypto/derived-keys.js';
import { JwtVerifier } from '../access-tokens/jwt-verifier.js';
import { KeyRing } from '../keys/key-ring.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { RefreshTokenCodec } from '../refresh-tokens/refresh-token-codec.js';
import { AccessTokenCheck } from '../revocation-check/revocation-check.js';
import { TokenAuthenticator } from '../revocation-check/token-authenticator.js';
import { RevocationNotifier } from '../revocation/revocation-notifier.js';
import { RefreshTokenService } from '../refresh-tokens/refresh-token.service.js';
import { ServiceClientStore } from '../features/service-issuer/clients/service-client-store.js';
import { SessionNearCache } from '../sessions/session-near-cache.js';
import { SessionData } from '../sessions/session-data.js';
import { SessionService } from '../sessions/session.service.js';
import { GuardedStores } from '../stores/guarded-stores.js';
import { AuthStatus } from '../lifecycle/auth-status.js';
import { AuthenticationService } from '../sign-in/authentication.service.js';
import { Authenticator } from '../sign-in/authenticator.js';
import { CredentialChanges } from '../sign-in/credential-changes.js';
import { CredentialEnding } from '../sign-in/credential-ending.js';
import { LateDirectory } from '../users/late-directory.js';
import { UserLoader } from '../users/user-loader.js';
import { SignInEnding } from '../sign-in/sign-in-ending.js';
import { SignInOpener } from '../sign-in/sign-in-opener.js';
import { SignInScopes } from '../sign-in/sign-in-scopes.js';
import { Sweeper } from '../lifecycle/expired-rows-sweeper.js';
import { TokenRefresh } from '../sign-in/token-refresh.js';
import { SESSION_PROVIDERS } from './sessions.providers.js';
import { UserCache } from '../users/user-cache.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { STORE_PROVIDERS } from './stores.providers.js';
import { REVOCATION_PROVIDERS } from './revocation.providers.js';
import { Clock, SystemClock } from '../time/clock.js';

type Options = ResolvedAuthOptions;

/** The rooms and the second floor: nothing here knows a request. */
export const CORE_PROVIDERS: Provider[] = [
  ...AUDIT_PROVIDERS,
  { provide: Clock, useClass: SystemClock },
  ...STORE_PROVIDERS,
  ...REVOCATION_PROVIDERS,
  ...KEY_PROVIDERS,
  {
    provide: PasswordHasher,
    inject: [ResolvedAuthOptions],
    useFactory: ({ credentials }: Options) => new PasswordHasher(credentials),
  },
  {
    provide: AccessTokenIssuer,
    inject: [KeyRing, ResolvedAuthOptions, Clock],
    useFactory: (keys: KeyRing, { issuer, accessTokens }: Options, clock: Clock) =>
      new AccessTokenIssuer(keys, issuer, accessTokens, clock),
  },
  {
    provide: JwtVerifier,
    inject: [KeyRing, ResolvedAuthOptions, Clock],
    useFactory: (keys: KeyRing, { issuer, formerIssuers, accessTokens }: Options, clock: Clock) =>
      new JwtVerifier(keys, { issuer, formerIssuers, ...accessTokens }, clock),
  },
  {
    provide: AccessTokenVerifier,
    inject: [JwtVerifier, ResolvedAuthOptions],
    useFactory: (tokens: JwtVerifier, { accessTokens }: Options) =>
      new AccessTokenVerifier(tokens, accessTokens.cacheSize),
  },
  {
    provide: UserLoader,
    inject: [LateDirectory, ResolvedAuthOptions],
    useFactory: (directory: LateDirectory, { accessTokens }: Options) =>
      new UserLoader(directory, accessTokens.claims),
  },
  {
    provide: UserCache,
    inject: [UserLoader, RevocationFeed, ResolvedAuthOptions, Clock],
    useFactory: (source: UserLoader, feed: RevocationFeed | null, { sessions }: Options, clock: Clock) =>
      new UserCache(source, feed, clock, sessions.cacheSize),
  },
  ...SESSION_PROVIDERS,
  {
    provide: SessionData,
    inject: [GuardedStores],
    useFactory: ({ sessions }: GuardedStores) => new SessionData(sessions),
  },
  {
    provide: RefreshTokenCodec,
    inject: [DerivedKeys],
    useFactory: (keys: DerivedKeys) => new RefreshTokenCodec(keys),
  },
  {
    provide: RefreshTokenService,
    inject: [GuardedStores, RefreshTokenCodec, ResolvedAuthOptions, SecurityEventSink],
    useFactory: (
      { families }: GuardedStores,
      codec: RefreshTokenCodec,
      { refreshTokens }: Options,
      events: SecurityEventSink,
    ) => new RefreshTokenService(families, codec, refreshTokens, events),
  },
  {
    provide: Authenticator,
    inject: [
      GuardedStores,
      UserLoader,
      UserCache,
      PasswordHasher,
      AccessTokenVerifier,
      AccessTokenCheck,
      SessionService,
      SecurityEventSink,
    ],
    useFactory: (
      { subjects, registry }: GuardedStores,
      source: UserLoader,
      known: UserCache,
      hasher: PasswordHasher,
      verifier: AccessTokenVerifier,
      check: AccessTokenCheck,
      sessions: SessionService,
      events: SecurityEventSink,
    ) =>
      new Authenticator(
        source,
        known,
        hasher,
        subjects,
        new TokenAuthenticator(verifier, check),
        sessions,
        registry,
        events,
      ),
  },
  {
    provide: SignInEnding,
    inject: [GuardedStores, SecurityEventSink],
    useFactory: ({ sessions, families, registry }: GuardedStores, events: SecurityEventSink) =>
      new SignInEnding(sessions, families, registry, events),
  },
  {
    provide: CredentialEnding,
    inject: [AccessTokenVerifier, SessionService, RefreshTokenCodec, GuardedStores, SignInEnding],
    useFactory: (
      verifier: AccessTokenVerifier,
      sessions: SessionService,
      codec: RefreshTokenCodec,
      { families }: GuardedStores,
      endings: SignInEnding,
    ) => new CredentialEnding(verifier, sessions, codec, families, endings),
  },
  {
    provide: Sweeper,
    inject: [
      GuardedStores,
      SecurityEventStore,
      { token: ServiceClientStore, optional: true },
      ResolvedAuthOptions,
    ],
    useFactory: (
      { families, sessions, registry }: GuardedStores,
      events: SecurityEventStore | null,
      clients: ServiceClientStore | undefined,
      { sweepIntervalMs }: Options,
    ) => new Sweeper(families, sessions, registry, events, clients ?? null, sweepIntervalMs),
  },
  { provide: ProcessStatus, useExisting: AuthStatus },
  {
    provide: AuthStatus,
    inject: [
      AuthCounters,
      ResolvedAuthOptions,
      RevocationFeed,
      RevocationNotifier,
      SessionNearCache,
      GuardedStores,
    ],
    useFactory: (
      counters: AuthCounters,
      { revocation }: Options,
      feed: RevocationFeed | null,
      notifier: RevocationNotifier | null,
      near: SessionNearCache,
      { lookup }: GuardedStores,
    ) => new AuthStatus(counters, revocation, feed, notifier, near, lookup),
  },
  {
    provide: AuthenticationService,
    inject: [
      GuardedStores,
      ResolvedAuthOptions,
      Authenticator,
      UserLoader,
      SessionService,
      RefreshTokenService,
      AccessTokenIssuer,
      SignInEnding,
      Sweeper,
      SecurityEventSink,
    ],
    useFactory: (
      { subjects, registry, sessions: sessionStore, families: familyStore }: GuardedStores,
      { defaultMode, maxSignInsPerSubject: max, onSignInLimit: policy }: Options,
      authenticator: Authenticator,
      source: UserLoader,
      sessions: SessionService,
      families: RefreshTokenService,
      issuer: AccessTokenIssuer,
      endings: SignInEnding,
      sweeper: Sweeper,
      events: SecurityEventSink,
    ) => {
      const opener = new SignInOpener(sessions, families, issuer, events);
      const exchange = new TokenRefresh(source, families, opener, endings);
      const changes = new CredentialChanges(sessions, families, registry, authenticator, exchange, events);
      const parts = {
        authenticator,
        source,
        subjects,
        sessions,
        scopes: new SignInScopes(familyStore, sessionStore),
        opener,
        exchange,
        endings,
        changes,
        registry,
        sweeper,
        events,
      };
      return new AuthenticationService(parts, defaultMode, max === null ? null : { max, policy });
    },
  },
];
