import { LRUCache } from 'lru-cache';
import type { Principal } from '../principal/principal.js';
import { ACCESS_TOKEN_TYPE, type AccessToken, RESERVED_CLAIMS } from './access-token.js';
import { scopeList, seconds, text, words } from './claim-values.js';
import type { JsonObject } from './compact-jws.js';
import { type JwtVerifier, timesOf } from './jwt-verifier.js';

/**
 * The one verifier of access tokens: guards, strategies and gateways all come here. A token that verified is
 * remembered by its whole text until it expires or a key comes or goes; its times are checked on every request all the
 * same.
 */
export class AccessTokenVerifier {
  private readonly verified: LRUCache<string, AccessToken> | null;
  /** How often keys have changed: what was verified with those of before is not remembered. */
  private keyChanges = 0;

  constructor(
    private readonly tokens: JwtVerifier,
    /** How many verified tokens are remembered. */
    cacheSize: number,
  ) {
    this.verified = cacheSize > 0 ? new LRUCache({ max: cacheSize }) : null;
    tokens.onKeysChanged(() => {
      this.keyChanges++;
      this.verified?.clear();
    });
  }

  /** A token that was verified before, without waiting for anything. Throws AccessTokenExpiredError. */
  remembered(token: string): AccessToken | undefined {
    const known = this.verified?.get(token);
    if (known) this.tokens.checkTimes(known);
    return known;
  }

  /**
   * Throws AccessTokenInvalidError, or AccessTokenExpiredError for a genuine token whose time has passed;
   * StoreUnavailableError when its key cannot be asked for now.
   */
  async verify(token: string): Promise<AccessToken> {
    const known = this.remembered(token);
    if (known) return known;
    const { keyChanges } = this;
    const read = await this.authentic(token);
    this.tokens.checkTimes(read);
    if (keyChanges === this.keyChanges) this.verified?.set(token, read);
    return read;
  }

  /**
   * A genuine token, whatever the time: good for ending the sign-in it came from, and for nothing else. Throws
   * AccessTokenInvalidError, StoreUnavailableError.
   */
  async authentic(token: string): Promise<AccessToken> {
    return readAccessToken(await this.tokens.authentic(token, ACCESS_TOKEN_TYPE));
  }
}

/** What the claims of a genuine access token say. Throws AccessTokenInvalidError. */
function readAccessToken(claims: JsonObject): AccessToken {
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
    ...timesOf(claims),
  };
}
