import {
  resolveAccessTokenOptions,
  type ResolvedAccessTokenOptions,
} from '../access-tokens/access-token-options.js';
import { type ResolvedAttemptOptions, resolveAttemptOptions } from '../attempts/attempt-options.js';
import type { SecurityEvent } from '../audit/security-event.js';
import { type ResolvedCredentialOptions, resolveCredentialOptions } from '../users/credential-options.js';
import { resolveCookies, type ResolvedCookies } from '../http/cookie-options.js';
import {
  type KeyOption,
  type ResolvedManagedKeyOptions,
  resolveManagedKeyOptions,
} from '../keys/key-options.js';
import {
  type ResolvedRefreshTokenOptions,
  resolveRefreshTokenOptions,
} from '../refresh-tokens/refresh-token-options.js';
import { type ApplicationCache, resolveCache } from '../shared-cache/cache-options.js';
import {
  type ResolvedRevocationOptions,
  resolveRevocationOptions,
} from '../revocation/revocation-options.js';
import { type ResolvedSessionOptions, resolveSessionOptions } from '../sessions/session-options.js';
import { type ResolvedSignedUrlOptions, resolveSignedUrlOptions } from '../signed-urls/signed-url-options.js';
import { type FormerIssuer, resolveFormerIssuers } from '../validation/former-issuers.js';
import { isFunction, OptionReader } from '../validation/option-reader.js';
import { resolveOrigins } from '../validation/web-origin.js';
import type { SignInMode } from './auth-options.js';

/** A shorter `secret` stops the boot. */
export const MIN_SECRET_BYTES = 32;

/** The options as the module uses them: checked, defaulted, frozen. Also the injection token for them. */
export abstract class ResolvedAuthOptions {
  abstract readonly secrets: readonly string[];
  abstract readonly issuer: string;
  abstract readonly formerIssuers: readonly FormerIssuer[];
  /** Lower-case origins, the issuer's first. */
  abstract readonly origins: readonly string[];
  abstract readonly defaultMode: SignInMode;
  abstract readonly maxSignInsPerSubject: number | null;
  abstract readonly onSignInLimit: 'refuse' | 'end-oldest';
  abstract readonly accessTokens: ResolvedAccessTokenOptions;
  /** `managed` was asked for by name when `keysGiven`. */
  abstract readonly keys: 'managed' | 'secret' | readonly KeyOption[];
  abstract readonly keysGiven: boolean;
  abstract readonly managedKeys: ResolvedManagedKeyOptions;
  abstract readonly refreshTokens: ResolvedRefreshTokenOptions;
  abstract readonly sessions: ResolvedSessionOptions;
  abstract readonly cookies: ResolvedCookies;
  abstract readonly revocation: ResolvedRevocationOptions;
  abstract readonly cache: ApplicationCache | null;
  abstract readonly credentials: ResolvedCredentialOptions;
  abstract readonly signedUrls: ResolvedSignedUrlOptions;
  abstract readonly attempts: ResolvedAttemptOptions;
  abstract readonly sweepIntervalMs: number | null;
  abstract readonly onSecurityEvent: ((event: SecurityEvent) => unknown) | null;
}

const longEnough = (v: unknown): v is string =>
  typeof v === 'string' && Buffer.byteLength(v) >= MIN_SECRET_BYTES;
const secretOption = (v: unknown): v is string | readonly string[] =>
  longEnough(v) || (Array.isArray(v) && v.length > 0 && v.every(longEnough) && new Set(v).size === v.length);

function isHttpUrl(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 255 || !URL.canParse(value)) return false;
  const url = new URL(value);
  // The parser takes stars and other signs for parts of a name.
  if (!/^([a-z0-9.-]+|\[[0-9a-f:.]+\])$/i.test(url.hostname)) return false;
  return /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
}
const someSignIns = (v: unknown): v is number =>
  Number.isInteger(v) && (v as number) >= 1 && (v as number) <= 1_000;
const keys = (v: unknown): v is ResolvedAuthOptions['keys'] =>
  v === 'managed' || v === 'secret' || (Array.isArray(v) && v.length > 0);

/**
 * Checks, defaults and freezes the options. Throws AuthConfigError, naming the option, what was wrong and what is
 * allowed; unknown keys are refused.
 */
export function resolveAuthOptions(given: unknown, now: number): ResolvedAuthOptions {
  const reader = new OptionReader(given);
  const secret = reader.secret(
    'secret',
    `a string of at least ${MIN_SECRET_BYTES} bytes, such as "openssl rand -base64 48" prints, or a list of different ones`,
    secretOption,
  );
  const issuer = reader.custom(
    'issuer',
    'an http(s) URL without query and fragment, such as "http://localhost:3000"',
    isHttpUrl,
  );
  const givenKeys = reader.secret<ResolvedAuthOptions['keys'] | undefined>(
    'keys',
    '"managed", "secret", or a list of at least one key',
    keys,
    undefined,
  );
  const accessTokens = resolveAccessTokenOptions(reader.nested('accessTokens'), issuer);
  const resolved: ResolvedAuthOptions = {
    secrets: typeof secret === 'string' ? [secret] : [...secret],
    issuer,
    formerIssuers: resolveFormerIssuers(reader, issuer, now),
    origins: [...new Set([new URL(issuer).origin, ...resolveOrigins(reader, 'trustedOrigins')])],
    defaultMode: reader.oneOf('defaultMode', ['session', 'tokens', 'hybrid'], 'session'),
    maxSignInsPerSubject: reader.custom<number | null>(
      'maxSignInsPerSubject',
      'a whole number between 1 and 1000',
      someSignIns,
      null,
    ),
    onSignInLimit: reader.oneOf('onSignInLimit', ['refuse', 'end-oldest'], 'end-oldest'),
    accessTokens,
    keys: givenKeys ?? 'managed',
    keysGiven: givenKeys !== undefined,
    managedKeys: resolveManagedKeyOptions(reader.nested('managedKeys')),
    refreshTokens: resolveRefreshTokenOptions(reader.nested('refreshTokens'), now),
    sessions: resolveSessionOptions(reader.nested('sessions')),
    cookies: resolveCookies(reader.nested('cookies'), accessTokens.cookie),
    revocation: resolveRevocationOptions(reader.nested('revocation')),
    cache: resolveCache(reader),
    credentials: resolveCredentialOptions(reader.nested('credentials')),
    signedUrls: resolveSignedUrlOptions(reader.nested('signedUrls')),
    attempts: resolveAttemptOptions(limitsOf(reader)),
    sweepIntervalMs: reader.isOff('sweepInterval')
      ? null
      : reader.duration('sweepInterval', { default: '10m', min: '1m', max: '24h' }),
    onSecurityEvent: reader.custom(
      'onSecurityEvent',
      'a function',
      isFunction,
      null,
    ) as ResolvedAuthOptions['onSecurityEvent'],
  };
  reader.done();
  if (resolved.keys !== 'managed' && reader.has('managedKeys')) {
    reader.refuse('managedKeys', 'left out unless "keys" is "managed"', 'both');
  }
  if (resolved.accessTokens.endOnRotation && resolved.revocation.mode !== 'lookup') {
    reader
      .nested('accessTokens')
      .refuse('endOnRotation', 'false unless "revocation.mode" is "lookup", which alone can tell', true);
  }
  // The application's own object: not ours to freeze.
  const { cache, ...ours } = resolved;
  return Object.freeze({ ...deepFreeze(ours), cache });
}

/** Plain objects and lists; keys, clients and other instances are left as they are. */
function deepFreeze<T extends object>(value: T): T {
  for (const [key, member] of Object.entries(value)) {
    if (key === 'redis') continue;
    const plain = Array.isArray(member) || Object.getPrototypeOf(Object(member)) === Object.prototype;
    if (typeof member === 'object' && member !== null && plain && !Object.isFrozen(member))
      deepFreeze(member as object);
  }
  return Object.freeze(value);
}

function limitsOf(reader: OptionReader): OptionReader {
  const limits =
    'an object of limits, such as { unknownDevices: 10_000 }: each can be raised, none switched off';
  if (reader.isOff('attempts')) reader.refuse('attempts', limits, false);
  return reader.nested('attempts');
}
