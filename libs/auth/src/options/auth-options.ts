import type { AccessTokenOptions } from '../access-tokens/access-token-options.js';
import type { AttemptOptions } from '../attempts/attempt-options.js';
import type { SecurityEvent } from '../audit/security-event.js';
import type { CredentialOptions } from '../users/credential-options.js';
import type { CookieOptions, RefreshCookieOptions } from '../http/cookie-options.js';
import type { KeyOption, ManagedKeyOptions } from '../keys/key-options.js';
import type { RefreshTokenOptions } from '../refresh-tokens/refresh-token-options.js';
import type { ApplicationCache } from '../shared-cache/cache-options.js';
import type { RevocationOptions } from '../revocation/revocation-options.js';
import type { SessionOptions } from '../sessions/session-options.js';
import type { SignedUrlOptions } from '../signed-urls/signed-url-options.js';
import type { Duration } from '../time/duration.js';
import type { FormerIssuerOption } from '../validation/former-issuers.js';

/** What a client gets from a sign-in: a session cookie, tokens in the body, or a refresh cookie and an access token. */
export type SignInMode = 'session' | 'tokens' | 'hybrid';

/** The runtime options of `AuthModule`: passed to `forRoot`, or returned by a factory. */
export interface AuthOptions {
  /**
   * At least 32 random bytes, or a list: the first signs, all are accepted. Every key of the module is derived from it.
   * `undefined` compiles, so that `process.env.AUTH_SECRET` does, but the boot refuses it.
   */
  readonly secret: string | readonly string[] | undefined;
  /** `iss` of the tokens, and this application's own origin: an http(s) URL. */
  readonly issuer: string;
  /**
   * Earlier values of `issuer`, such as a former domain. Their tokens, signing keys and sign-ins are good until the time that is
   * given. They are no origins of this application. Default: none.
   */
  readonly formerIssuers?: readonly FormerIssuerOption[];
  /**
   * Other origins whose pages may send our cookies with unsafe requests, such as `https://app.example.com`, or
   * `capacitor://localhost` for an application with a scheme of its own. Default: none.
   */
  readonly trustedOrigins?: readonly string[];
  /** The mode of a login that names none. Default `session`. */
  readonly defaultMode?: SignInMode;
  /** The highest number of live sign-ins of a subject, sessions and families together; 1 to 1,000. Default: any number. */
  readonly maxSignInsPerSubject?: number;
  /** A sign-in beyond `maxSignInsPerSubject` ends the oldest ones, or is refused. Default `end-oldest`. */
  readonly onSignInLimit?: 'refuse' | 'end-oldest';
  /** Access tokens: their lifetime, audience and claims, and whether browsers keep them in a cookie. */
  readonly accessTokens?: AccessTokenOptions;
  /**
   * The keys that sign access tokens: keys that this application makes and rotates by itself (`managed`), HS256 under a key
   * derived from `secret` (`secret`), or a list of your own keys. Default `managed`; with `stores` of your own that keep no
   * keys, `secret`.
   */
  readonly keys?: 'managed' | 'secret' | readonly KeyOption[];
  /** With `keys: 'managed'`: the algorithm, and how often keys are replaced. */
  readonly managedKeys?: ManagedKeyOptions;
  /** Refresh tokens: how long a sign-in lasts, and how long a repeated use gets the same successor. */
  readonly refreshTokens?: RefreshTokenOptions;
  /** Sessions: their limits, and how they are cached. */
  readonly sessions?: SessionOptions;
  /** Names and attributes of the cookies. */
  readonly cookies?: {
    /** Default name `__Host-session`. */
    readonly session?: CookieOptions;
    /** Default name `__Host-refresh`. */
    readonly refresh?: RefreshCookieOptions;
    /**
     * With `accessTokens.cookie: true`. Default name `__Host-access`; everything else is by default as the session cookie has it.
     */
    readonly access?: CookieOptions;
    /**
     * Tells a device that its user signed in with before, for `attempts`; no credential. Default name `__Host-device`, of this
     * host only, and else as for `session`.
     */
    readonly device?: CookieOptions;
    /**
     * For pages that other sites embed: browsers keep separate cookies for each embedding site (CHIPS), and send them there.
     * `sameSite` is then `none`. Default false.
     */
    readonly partitioned?: boolean;
  };
  /** How a process learns that a sign-in has ended, and what holds while it cannot. */
  readonly revocation?: RevocationOptions;
  /**
   * A cache of cache-manager that all nodes share, such as one on Redis. It saves reads of sessions in every mode, and reads of
   * `revocation.mode: 'lookup'`. The security of sign-ins does not depend on its content. Default none.
   */
  readonly cache?: ApplicationCache;
  /** Passwords: how they are hashed, how many at once, and which new ones are refused. */
  readonly credentials?: CredentialOptions;
  /** Signed URLs behind a proxy that changes paths. */
  readonly signedUrls?: SignedUrlOptions;
  /** How often passwords, codes and mails may be tried. */
  readonly attempts?: AttemptOptions;
  /** How often expired rows are deleted, 1m to 24h; false if the application calls `sweep()` itself. Default `10m`. */
  readonly sweepInterval?: Duration | false;
  /** Gets every security event; the logger gets them too. Its errors are logged, and no request waits for it. */
  readonly onSecurityEvent?: (event: SecurityEvent) => unknown;
}
