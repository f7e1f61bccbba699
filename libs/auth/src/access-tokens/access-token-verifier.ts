import { compactVerify, errors } from 'jose';
import { LRUCache } from 'lru-cache';
import { AccessTokenExpiredError, AccessTokenInvalidError } from '../errors/auth-error.js';
import type { KeyRing } from '../keys/key-ring.js';
import type { Principal } from '../principal/principal.js';
import type { Clock } from '../time/clock.js';
import { ACCESS_TOKEN_TYPE, type AccessToken, RESERVED_CLAIMS } from './access-token.js';
import type { ResolvedAccessTokenOptions } from './access-token-options.js';
import { type JsonObject, readCompactJws } from './compact-jws.js';

const MAX_SECONDS = 8_640_000_000_000;

/**
 * The one verifier of access tokens: guards, strategies and gateways all come here. A token that verified is
 * remembered by its whole text until it expires; its times are checked on every request all the same.
 */
export class AccessTokenVerifier {
  private readonly verified: LRUCache<string, AccessToken> | null;

  constructor(
    private readonly keys: KeyRing,
    private readonly issuer: string,
    private readonly options: ResolvedAccessTokenOptions,
    private readonly clock: Clock,
  ) {
    this.verified = options.cacheSize > 0 ? new LRUCache({ max: options.cacheSize }) : null;
  }

  /** A token that was verified before, without waiting for anything. Throws AccessTokenExpiredError. */
  remembered(token: string): AccessToken | undefined {
    const known = this.verified?.get(token);
    if (known) this.checkTimes(known);
    return known;
  }

  /** Throws AccessTokenInvalidError, or AccessTokenExpiredError for a genuine token whose time has passed. */
  async verify(token: string): Promise<AccessToken> {
    const known = this.remembered(token);
    if (known) return known;
    const read = await this.authentic(token);
    this.checkTimes(read);
    this.verified?.set(token, read);
    return read;
  }

  /**
   * A genuine token, whatever the time: good for ending the sign-in it came from, and for nothing else. Throws
   * AccessTokenInvalidError.
   */
  async authentic(token: string): Promise<AccessToken> {
    const jws = readCompactJws(token);
    if (!jws) throw new AccessTokenInvalidError();
    const { header, payload } = jws;
    const key = this.keys.find(header.kid);
    if (!key || header.alg !== key.alg || header['typ'] !== ACCESS_TOKEN_TYPE)
      throw new AccessTokenInvalidError();
    try {
      await compactVerify(token, key.verifyWith, { algorithms: [key.alg] });
    } catch (cause) {
      if (cause instanceof errors.JOSEError) throw new AccessTokenInvalidError({ cause });
      throw cause;
    }
    return this.read(payload);
  }

  private checkTimes(token: AccessToken): void {
    const now = this.clock.now();
    if (now >= token.expiresAt + this.options.clockToleranceMs) throw new AccessTokenExpiredError();
    if (now < token.notBefore - this.options.clockToleranceMs) throw new AccessTokenInvalidError();
  }

  private read(claims: JsonObject): AccessToken {
    if (claims['iss'] !== this.issuer || !this.isForUs(claims['aud'])) throw new AccessTokenInvalidError();
    const issuedAt = seconds(claims['iat']);
    const notBefore = claims['nbf'] === undefined ? issuedAt : Math.max(issuedAt, seconds(claims['nbf']));
    const profile = Object.fromEntries(Object.entries(claims).filter(([name]) => !RESERVED_CLAIMS.has(name)));
    const principal = Object.freeze({
      ...profile,
      id: text(claims['sub']),
      roles: words(claims['roles']),
      scopes: scopeList(claims['scope']),
      signInId: text(claims['sid']),
      kind: 'tokens' as const,
      authenticatedAt: new Date(seconds(claims['auth_time']) * 1000),
      methods: words(claims['amr']),
    }) as Principal;
    return {
      principal,
      id: text(claims['jti']),
      subjectEpoch: seconds(claims['sep']),
      globalEpoch: seconds(claims['gep']),
      generation: claims['gen'] === undefined ? null : seconds(claims['gen']),
      expiresAt: seconds(claims['exp']) * 1000,
      notBefore: notBefore * 1000,
    };
  }

  private isForUs(audience: unknown): boolean {
    const list = typeof audience === 'string' ? [audience] : audience;
    if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) return false;
    return this.options.audience.some((ours) => list.includes(ours));
  }
}

/** A number that is an instant (or an epoch): finite, not negative, within what a Date can hold. */
function seconds(value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= MAX_SECONDS)) throw new AccessTokenInvalidError();
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new AccessTokenInvalidError();
  return value;
}

function words(value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
    throw new AccessTokenInvalidError();
  return Object.freeze([...(value as string[])]);
}

function scopeList(value: unknown): readonly string[] {
  if (typeof value !== 'string') throw new AccessTokenInvalidError();
  return Object.freeze(value === '' ? [] : value.split(' '));
}
