import { AccessTokenExpiredError, AccessTokenInvalidError } from '../errors/auth-error.js';
import type { VerificationKeys } from '../keys/verification-keys.js';
import type { Clock } from '../time/clock.js';
import type { FormerIssuer } from '../validation/former-issuers.js';
import { seconds } from './claim-readers.js';
import { type JsonObject, readCompactJws, signedPart } from './compact-jws.js';
import { isSignedBy } from './signatures.js';
import { tokenType } from './token-type.js';

/** The rules that a verifier is pinned to: none of them comes from a token. */
export interface JwtRules {
  readonly issuer: string;
  /** A token must be for one of these. */
  readonly audience: readonly string[];
  readonly clockToleranceMs: number;
  /** Former issuers, whose tokens are good until the given time. Default: none. */
  readonly formerIssuers?: readonly FormerIssuer[];
}

/** The time in which a token is valid, in epoch milliseconds. */
export interface TokenTimes {
  readonly expiresAt: number;
  readonly notBefore: number;
}

/**
 * The only place where a signed token is accepted, for every kind of token and in every process. It checks: strict form, the
 * key that `kid` names, that key's own algorithm, the type of the purpose, issuer, audience and times (RFC 8725, section 3;
 * RFC 9068, section 4). The verifier of each kind reads the other claims.
 */
export class JwtVerifier {
  constructor(
    private readonly keys: VerificationKeys,
    readonly rules: JwtRules,
    private readonly clock: Clock,
  ) {}

  /** Calls `listener` when keys were added or removed: a token that verified before may verify no more. */
  onKeysChanged(listener: () => void): void {
    this.keys.onChange(listener);
  }

  /**
   * The claims of a genuine token of this type (`typ`) for this audience, at any time. For tokens of other issuers, a function
   * decides which types are accepted. Throws AccessTokenInvalidError; StoreUnavailableError if its key cannot be fetched now.
   */
  async authentic(token: string, type: string | ((type: unknown) => boolean)): Promise<JsonObject> {
    const jws = readCompactJws(token);
    // The type first: no key is fetched for a token of another type.
    if (!jws) throw new AccessTokenInvalidError();
    const isRight =
      typeof type === 'string' ? tokenType(jws.header['typ']) === type : type(jws.header['typ']);
    if (!isRight) throw new AccessTokenInvalidError();
    const { header, payload } = jws;
    const found = this.keys.find(header.kid);
    const key = found instanceof Promise ? await found : found;
    if (!key || header.alg !== key.alg) throw new AccessTokenInvalidError();
    const isGenuine = isSignedBy(key, signedPart(token), jws.signature);
    if (!(typeof isGenuine === 'boolean' ? isGenuine : await isGenuine)) throw new AccessTokenInvalidError();
    const { iss, aud } = payload;
    const former = this.rules.formerIssuers?.find(({ issuer }) => issuer === iss);
    const isOfUs = iss === this.rules.issuer || former !== undefined;
    if (!isOfUs || (key.issuer ?? iss) !== iss || !this.isForUs(aud, former))
      throw new AccessTokenInvalidError();
    return former ? endingBy(former.until, payload) : payload;
  }

  /** Throws AccessTokenExpiredError, also for a token of the future: a clock may have gone back, and a refresh helps. */
  checkTimes({ expiresAt, notBefore }: TokenTimes): void {
    const now = this.clock.now();
    if (now >= expiresAt + this.rules.clockToleranceMs) throw new AccessTokenExpiredError();
    if (now < notBefore - this.rules.clockToleranceMs) throw new AccessTokenExpiredError({ isEarly: true });
  }

  private isForUs(audience: unknown, former: FormerIssuer | undefined): boolean {
    const list = typeof audience === 'string' ? [audience] : audience;
    if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) return false;
    return audiencesUnder(former, this.rules).some((ours) => list.includes(ours));
  }
}

/** The accepted audiences: an audience that is named after the issuer had another name under a former issuer. */
function audiencesUnder(
  former: FormerIssuer | undefined,
  { issuer, audience }: Pick<JwtRules, 'issuer' | 'audience'>,
): readonly string[] {
  return former && audience.includes(issuer) ? [...audience, former.issuer] : audience;
}

/** The same of every issuer that its rules name. */
export function everyAudience(
  rules: Pick<JwtRules, 'issuer' | 'audience' | 'formerIssuers'>,
): readonly string[] {
  const all = [undefined, ...(rules.formerIssuers ?? [])].flatMap((former) => audiencesUnder(former, rules));
  return [...new Set(all)];
}

/** A token of a former issuer expires when the time of that issuer is over: its client refreshes. */
function endingBy(until: number, claims: JsonObject): JsonObject {
  const { exp } = claims;
  return typeof exp === 'number' ? { ...claims, exp: Math.min(exp, Math.floor(until / 1000)) } : claims;
}

/** The times of a token's claims: `exp` and `iat` are required. Throws AccessTokenInvalidError. */
export function timesOf(claims: JsonObject): TokenTimes {
  const issuedAt = seconds(claims['iat']);
  const notBefore = claims['nbf'] === undefined ? issuedAt : Math.max(issuedAt, seconds(claims['nbf']));
  return { expiresAt: seconds(claims['exp']) * 1000, notBefore: notBefore * 1000 };
}
