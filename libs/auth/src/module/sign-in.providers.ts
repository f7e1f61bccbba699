import { type Provider } from '@nestjs/common';
import { AccessTokenIssuer } from '../access-tokens/access-token-issuer.js';
import { AccessTokenVerifier } from '../access-tokens/access-token-verifier.js';
import { AuthCounters } from '../audit/auth-counters.js';
import { ProcessStatus } from '../audit/process-status.js';
import { SecurityEventSink } from '../audit/security-event.js';
import { SecurityEventStore } from '../audit/security-event-store.js';
import { AttemptStore } from '../attempts/attempt-store.js';
import { KnownDevices } from '../attempts/known-devices.js';
import { AttemptLimiter } from '../attempts/attempt-limiter.js';
import { ATTEMPT_PROVIDERS } from './attempts.providers.js';
import { AUDIT_PROVIDERS } from './audit.providers.js';
import { KEY_PROVIDERS } from './keys.providers.js';
import { PasswordHasher } from '../users/password-hasher.js';
import { PasswordPolicy } from '../users/password-policy/password-policy.js';
import { DerivedKeys } from '../crypto/derived-keys.js';
import { JwtVerifier } from '../access-tokens/jwt-verifier.js';
import { KeyRing } from '../keys/key-ring.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { RefreshTokenCodec } from '../refresh-tokens/refresh-token-codec.js';
import { AccessTokenCheck } from '../revocation-check/revocation-check.js';
import { TokenAuthenticator } from '../revocation-check/token-authenticator.js';
import { RevocationNotifier } from '../revocation/revocation-notifier.js';
import { RefreshTokenService } from '../refresh-tokens/refresh-token.service.js';
import { SessionNearCache } from '../sessions/session-near-cache.js';
import { SessionService } from '../sessions/session.service.js';
import { GuardedStores } from '../stores/guarded-stores.js';
import { AuthStatus } from '../lifecycle/auth-status.js';
import { AuthenticationService } from '../sign-in/authentication.service.js';
import { Authenticator } from '../sign-in/authenticator.js';
import { CredentialChanges } from '../sign-in/credential-changes.js';
import { FormerTokens } from '../sign-in/former-tokens.js';
import { LateDirectory } from '../users/late-directory.js';
import { UserLoader } from '../users/user-loader.js';
import { UserPasswords } from '../users/user-passwords.js';
import { PasswordConfirmation } from '../sign-in/password-confirmation.js';
import { StepUp } from '../sign-in/step-up.js';
import { RecentSignIn } from '../sign-in/recent-sign-in.js';
import { SignOut } from '../sign-in/sign-out.js';
import { SignInOpener } from '../sign-in/sign-in-opener.js';
import { SignInScopes } from '../sign-in/sign-in-scopes.js';
import { FeatureSweeps, Sweeper } from '../lifecycle/expired-rows-sweeper.js';
import { TokenRefresh } from '../sign-in/token-refresh.js';
import { SESSION_PROVIDERS } from './sessions.providers.js';
import { UserCache } from '../users/user-cache.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { STORE_PROVIDERS } from './stores.providers.js';
import { REVOCATION_PROVIDERS } from './revocation.providers.js';
import { StoreClock } from '../time/store-clock.js';
import { Clock, SystemClock } from '../time/clock.js';
import { nullable, provide } from '../wiring/provide.js';

/** The rooms and the second floor: nothing here knows a request. */
export const CORE_PROVIDERS: Provider[] = [
  ...AUDIT_PROVIDERS,
  { provide: Clock, useClass: SystemClock },
  ...STORE_PROVIDERS,
  ...REVOCATION_PROVIDERS,
  ...KEY_PROVIDERS,
  ...ATTEMPT_PROVIDERS,
  provide(PasswordHasher, [ResolvedAuthOptions], ({ credentials }) =>
    new PasswordHasher(credentials).ready(),
  ),
  provide(
    PasswordPolicy,
    [ResolvedAuthOptions],
    ({ credentials, issuer }) => new PasswordPolicy(credentials, issuer),
  ),
  provide(
    AccessTokenIssuer,
    [KeyRing, ResolvedAuthOptions, Clock],
    (keys, { issuer, accessTokens }, clock) => new AccessTokenIssuer(keys, issuer, accessTokens, clock),
  ),
  provide(
    JwtVerifier,
    [KeyRing, ResolvedAuthOptions, Clock],
    (keys, { issuer, formerIssuers, accessTokens }, clock) =>
      new JwtVerifier(keys, { issuer, formerIssuers, ...accessTokens }, clock),
  ),
  provide(
    AccessTokenVerifier,
    [JwtVerifier, ResolvedAuthOptions],
    (tokens, { accessTokens }) => new AccessTokenVerifier(tokens, accessTokens.cacheSize),
  ),
  provide(
    UserLoader,
    [LateDirectory, ResolvedAuthOptions],
    (directory, { accessTokens }) => new UserLoader(directory, accessTokens.claims),
  ),
  provide(
    UserCache,
    [UserLoader, nullable(RevocationFeed), ResolvedAuthOptions, Clock],
    (loader, feed, { sessions }, clock) => new UserCache(loader, feed, clock, sessions.cacheSize),
  ),
  ...SESSION_PROVIDERS,
  provide(RefreshTokenCodec, [DerivedKeys], (keys) => new RefreshTokenCodec(keys)),
  provide(
    RefreshTokenService,
    [GuardedStores, RefreshTokenCodec, ResolvedAuthOptions, SecurityEventSink],
    ({ families }, codec, { refreshTokens }, events) =>
      new RefreshTokenService(families, codec, refreshTokens, events),
  ),
  provide(
    Authenticator,
    [
      GuardedStores,
      UserLoader,
      UserCache,
      UserPasswords,
      AccessTokenVerifier,
      AccessTokenCheck,
      SessionService,
      SecurityEventSink,
      AttemptLimiter,
      Clock,
    ],
    ({ subjects, registry }, loader, users, passwords, verifier, check, sessions, events, ...rest) => {
      const tokens = new TokenAuthenticator(verifier, check);
      return new Authenticator(
        loader,
        users,
        passwords,
        subjects,
        tokens,
        sessions,
        registry,
        events,
        ...rest,
      );
    },
  ),
  provide(
    UserPasswords,
    [UserLoader, PasswordHasher, SecurityEventSink],
    (loader, hasher, events) => new UserPasswords(loader, hasher, events),
  ),
  provide(
    PasswordConfirmation,
    [UserPasswords, AttemptLimiter, SecurityEventSink],
    (passwords, limiter, events) => new PasswordConfirmation(passwords, limiter, events),
  ),
  provide(
    StepUp,
    [
      PasswordConfirmation,
      Authenticator,
      SessionService,
      UserLoader,
      SignOut,
      TokenRefresh,
      SecurityEventSink,
    ],
    (...parts) => new StepUp(...parts),
  ),
  provide(
    RecentSignIn,
    [StoreClock, Clock],
    (storeClock, clock) => new RecentSignIn(() => storeClock.now() ?? clock.now()),
  ),
  provide(
    SignOut,
    [GuardedStores, AccessTokenVerifier, SessionService, RefreshTokenCodec, SecurityEventSink, Clock],
    (stores, verifier, sessions, codec, events, clock) =>
      new SignOut(stores, verifier, sessions, codec, events, clock),
  ),
  provide(
    Sweeper,
    [GuardedStores, nullable(SecurityEventStore), nullable(AttemptStore), FeatureSweeps, ResolvedAuthOptions],
    ({ families, sessions, registry }, events, attempts, features, { sweepIntervalMs }) =>
      new Sweeper(families, sessions, registry, events, attempts, features, sweepIntervalMs),
  ),
  { provide: ProcessStatus, useExisting: AuthStatus },
  provide(
    AuthStatus,
    [
      AuthCounters,
      ResolvedAuthOptions,
      nullable(RevocationFeed),
      nullable(RevocationNotifier),
      SessionNearCache,
      GuardedStores,
      AttemptLimiter,
    ],
    (counters, { revocation }, feed, notifier, near, { lookup }, attempts) =>
      new AuthStatus(counters, revocation, feed, notifier, near, lookup, attempts),
  ),
  provide(
    SignInOpener,
    [SessionService, RefreshTokenService, AccessTokenIssuer, SecurityEventSink],
    (sessions, families, issuer, events) => new SignInOpener(sessions, families, issuer, events),
  ),
  provide(
    TokenRefresh,
    [UserLoader, RefreshTokenService, SignInOpener, SignOut, AttemptLimiter],
    (loader, families, opener, signOut, attempts) =>
      new TokenRefresh(loader, families, opener, signOut, attempts),
  ),
  provide(
    AuthenticationService,
    [
      GuardedStores,
      ResolvedAuthOptions,
      Authenticator,
      UserLoader,
      SessionService,
      RefreshTokenService,
      SignInOpener,
      TokenRefresh,
      nullable(FormerTokens),
      SignOut,
      StepUp,
      Sweeper,
      SecurityEventSink,
      KnownDevices,
    ],
    (stores, options, authenticator, loader, sessions, families, opener, tokenRefresh, ...rest) => {
      const [formerTokens, signOut, stepUp, sweeper, events, devices] = rest;
      const { defaultMode, maxSignInsPerSubject: max, onSignInLimit: policy } = options;
      const { subjects, registry } = stores;
      const changes = new CredentialChanges(
        sessions,
        families,
        registry,
        authenticator,
        tokenRefresh,
        events,
      );
      const parts = {
        authenticator,
        loader,
        subjects,
        stepUp,
        scopes: new SignInScopes(stores.families, stores.sessions),
        opener,
        devices,
        tokenRefresh,
        formerTokens,
        signOut,
        changes,
        registry,
        sweeper,
        events,
        revocationMode: options.revocation.mode,
      };
      return new AuthenticationService(parts, defaultMode, max === null ? null : { max, policy });
    },
  ),
];
