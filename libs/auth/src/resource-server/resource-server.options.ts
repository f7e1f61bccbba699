import { PUBLIC_ALGORITHMS, type SigningAlgorithm } from '../keys/key-options.js';
import type { Duration } from '../time/duration.js';
import {
  type FormerIssuer,
  type FormerIssuerOption,
  resolveFormerIssuers,
} from '../validation/former-issuers.js';
import { isCookieName } from '../http/cookie-options.js';
import { OptionReader } from '../validation/option-reader.js';
import { resolveOrigins } from '../validation/web-origin.js';
import {
  remoteUrl,
  type ResolvedRevocationSource,
  resolveRevocationSource,
  type RevocationSource,
} from './revocation-source.js';

/** The runtime options of `ResourceServerModule`: given to `forRoot`, or returned by a factory. */
export interface ResourceServerOptions {
  /** `iss` of the tokens: exactly the value of the issuer's own `issuer` option. */
  readonly issuer: string;
  /** Earlier values of the issuer: their tokens are good until the time that is given. Set it before the issuer changes. Default: none. */
  readonly formerIssuers?: readonly FormerIssuerOption[];
  /** `aud`: who this service is. A token must be for one of these. */
  readonly audience: string | readonly string[];
  /**
   * Where the issuer publishes its keys: https, or http on loopback. Default: `/.well-known/jwks.json` after `issuer`.
   */
  readonly jwksUri?: string;
  /** The issuer's public keys themselves, in place of `jwksUri`: a JWK set (RFC 7517). They are never asked for then. */
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  /** What tokens may be signed with. Default: RS256, PS256, ES256 and EdDSA. */
  readonly algorithms?: readonly SigningAlgorithm[];
  /** Tolerance for other clocks when times are checked, 0s to 60s. Default `5s`. */
  readonly clockTolerance?: Duration;
  /** How many verified tokens this process caches, 0 to 1,000,000. Default 10,000. */
  readonly cacheSize?: number;
  /**
   * The name of the cookie with the issuer's access tokens, such as `__Host-access` (the issuer's `accessTokens.cookie`). This
   * service must be on a host that browsers send it to. Default: none, no cookie is read.
   */
  readonly accessTokenCookie?: string;
  /** Origins whose pages may send that cookie with unsafe requests, such as `https://app.example.com`. Required beside it. */
  readonly trustedOrigins?: readonly string[];
  /** How published keys are asked for. */
  readonly keys?: {
    /** The least time between two questions, 1s to 10m. Default `30s`. */
    readonly cooldown?: Duration;
    /** How long an answer may take, 100ms to 60s. Default `5s`. */
    readonly timeout?: Duration;
    /** Older keys are asked for again, in the background, 1m to 24h, and no less than `cooldown`. Default `10m`. */
    readonly maxAge?: Duration;
  };
  /** How this process learns that a sign-in has ended. Required: `none` is a decision. */
  readonly revocation: RevocationSource;
}

/** The options as the module uses them: checked, defaulted, frozen. Also the injection token for them. */
export abstract class ResolvedResourceServerOptions {
  abstract readonly issuer: string;
  abstract readonly formerIssuers: readonly FormerIssuer[];
  abstract readonly audience: readonly string[];
  /** Null: the keys were given. */
  abstract readonly jwksUri: string | null;
  abstract readonly jwks: readonly unknown[] | null;
  abstract readonly algorithms: readonly SigningAlgorithm[];
  abstract readonly clockToleranceMs: number;
  abstract readonly cacheSize: number;
  /** Null: no cookie is read. */
  abstract readonly accessTokenCookie: string | null;
  /** In lower case. */
  abstract readonly trustedOrigins: readonly string[];
  abstract readonly keys: {
    readonly cooldownMs: number;
    readonly timeoutMs: number;
    readonly maxAgeMs: number;
  };
  abstract readonly revocation: ResolvedRevocationSource;
}

const text = (v: unknown): v is string => typeof v === 'string' && v.length > 0 && v.length <= 255;
const texts = (v: unknown): v is string | readonly string[] =>
  text(v) || (Array.isArray(v) && v.length > 0 && v.every(text));
const issuerUrl = (v: unknown): v is string =>
  text(v) && URL.canParse(v) && /^https?:$/.test(new URL(v).protocol) && !/[?#]/.test(v);
const keySet = (v: unknown): v is { keys: readonly unknown[] } => {
  const { keys } = Object(v) as { keys?: unknown };
  return Array.isArray(keys) && keys.length > 0;
};
const publicAlgorithms = (v: unknown): v is readonly SigningAlgorithm[] =>
  Array.isArray(v) && v.length > 0 && v.every((alg) => PUBLIC_ALGORITHMS.includes(alg as SigningAlgorithm));

/** Checks, defaults and freezes the options. Throws AuthConfigError that names the one that is wrong; unknown keys are refused. */
export function resolveResourceServerOptions(
  given: unknown,
  now = Date.now(),
): ResolvedResourceServerOptions {
  const reader = new OptionReader(given);
  const issuer = reader.custom('issuer', 'an http(s) URL without query and fragment', issuerUrl);
  const audience = reader.custom('audience', 'a non-empty string, or a list of them', texts);
  const jwks = reader.secret<{ keys: readonly unknown[] } | null>(
    'jwks',
    'a JWK set with at least one key',
    keySet,
    null,
  );
  const resolved: ResolvedResourceServerOptions = {
    issuer,
    formerIssuers: resolveFormerIssuers(reader, issuer, now),
    audience: typeof audience === 'string' ? [audience] : [...audience],
    jwksUri:
      jwks === null
        ? remoteUrl(reader, 'jwksUri', `${issuer.replace(/\/+$/, '')}/.well-known/jwks.json`)
        : null,
    jwks: jwks === null ? null : jwks.keys,
    algorithms: [
      ...reader.custom(
        'algorithms',
        `a list of ${PUBLIC_ALGORITHMS.join(', ')}`,
        publicAlgorithms,
        PUBLIC_ALGORITHMS,
      ),
    ],
    clockToleranceMs: reader.duration('clockTolerance', { default: '5s', min: '0s', max: '60s' }),
    cacheSize: reader.integer('cacheSize', { default: 10_000, min: 0, max: 1_000_000 }),
    ...resolveCookie(reader),
    keys: resolveKeys(reader.nested('keys')),
    revocation: resolveRevocationSource(reader.nested('revocation'), issuer),
  };
  if (jwks !== null)
    reader.custom('jwksUri', 'left out beside "jwks"', (v): v is undefined => v === undefined);
  reader.done();
  return Object.freeze(resolved);
}

/** Without origins, pages of every other site could use the cookie of a user. */
function resolveCookie(
  reader: OptionReader,
): Pick<ResolvedResourceServerOptions, 'accessTokenCookie' | 'trustedOrigins'> {
  const accessTokenCookie = reader.custom<string | null>(
    'accessTokenCookie',
    'the name of a cookie, such as "__Host-access"',
    isCookieName,
    null,
  );
  const trustedOrigins = resolveOrigins(reader, 'trustedOrigins');
  if ((accessTokenCookie === null) !== (trustedOrigins.length === 0))
    reader.refuse(
      'trustedOrigins',
      accessTokenCookie === null
        ? 'left out without "accessTokenCookie"'
        : 'a list of at least one origin beside "accessTokenCookie"',
      trustedOrigins,
    );
  return { accessTokenCookie, trustedOrigins };
}

function resolveKeys(reader: OptionReader): ResolvedResourceServerOptions['keys'] {
  const keys = {
    cooldownMs: reader.duration('cooldown', { default: '30s', min: '1s', max: '10m' }),
    timeoutMs: reader.duration('timeout', { default: '5s', min: '100ms', max: '60s' }),
    maxAgeMs: reader.duration('maxAge', { default: '10m', min: '1m', max: '24h' }),
  };
  reader.done();
  if (keys.maxAgeMs < keys.cooldownMs)
    reader.refuse('maxAge', 'at least "keys.cooldown"', `${keys.maxAgeMs}ms`);
  return Object.freeze(keys);
}
