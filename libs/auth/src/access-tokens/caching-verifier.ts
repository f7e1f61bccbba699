import { LRUCache } from 'lru-cache';
import type { JsonObject } from './compact-jws.js';
import type { JwtVerifier, TokenTimes } from './jwt-verifier.js';

/**
 * What the verifiers of all kinds of tokens have in common. A token that verified is remembered by its whole text until
 * it expires or a key comes or goes; its times are checked on every request all the same.
 */
export abstract class CachingVerifier<T extends TokenTimes> {
  private readonly verified: LRUCache<string, T & object> | null;
  /** How often keys have changed: what was verified with those of before is not remembered. */
  private keyChanges = 0;

  constructor(
    private readonly tokens: JwtVerifier,
    /** How many verified tokens are remembered. */
    cacheSize: number,
    /** The `typ` header of the tokens. */
    private readonly type: string,
  ) {
    this.verified = cacheSize > 0 ? new LRUCache({ max: cacheSize }) : null;
    tokens.onKeysChanged(() => {
      this.keyChanges++;
      this.verified?.clear();
    });
  }

  /** A token that was verified before, without waiting for anything. Throws AccessTokenExpiredError. */
  cached(token: string): T | undefined {
    const known = this.verified?.get(token);
    if (known) this.tokens.checkTimes(known);
    return known;
  }

  /**
   * Throws AccessTokenInvalidError, or AccessTokenExpiredError for a genuine token that is not good at this time;
   * StoreUnavailableError when its key cannot be asked for now.
   */
  async verify(token: string): Promise<T> {
    const known = this.cached(token);
    if (known) return known;
    const { keyChanges } = this;
    const read = await this.authentic(token);
    this.tokens.checkTimes(read);
    if (keyChanges === this.keyChanges) this.verified?.set(token, read as T & object);
    return read;
  }

  /**
   * A genuine token, whatever the time: good for ending what it came from, and for nothing else. Throws
   * AccessTokenInvalidError, StoreUnavailableError.
   */
  async authentic(token: string): Promise<T> {
    return this.read(await this.tokens.authentic(token, this.type));
  }

  /** What the claims of a genuine token say. Throws AccessTokenInvalidError. */
  protected abstract read(claims: JsonObject): T;
}
