import { LRUCache } from 'lru-cache';
import type { JsonObject } from './compact-jws.js';
import type { JwtVerifier, TokenTimes } from './jwt-verifier.js';

/**
 * The base of the verifiers of all kinds of tokens. A verified token is cached by its whole text until it expires or a key
 * is added or removed. Its times are checked on every request.
 */
export abstract class CachingVerifier<T extends TokenTimes> {
  private readonly verified: LRUCache<string, T & object> | null;
  /** Counts changes of the keys: a token that was verified with former keys is not cached. */
  private keyChanges = 0;

  constructor(
    private readonly tokens: JwtVerifier,
    /** How many verified tokens are cached. */
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

  /** A token that was verified before, without an `await`. Throws AccessTokenExpiredError. */
  cached(token: string): T | undefined {
    const cached = this.verified?.get(token);
    if (cached) this.tokens.checkTimes(cached);
    return cached;
  }

  /**
   * Throws AccessTokenInvalidError; AccessTokenExpiredError for a genuine token that is not valid at this time;
   * StoreUnavailableError if its key cannot be fetched now.
   */
  async verify(token: string): Promise<T> {
    const cached = this.cached(token);
    if (cached) return cached;
    const { keyChanges } = this;
    const read = await this.authentic(token);
    this.tokens.checkTimes(read);
    if (keyChanges === this.keyChanges) this.verified?.set(token, read as T & object);
    return read;
  }

  /**
   * A genuine token, at any time, also after it expired. Use it only to end the sign-in of the token. Throws
   * AccessTokenInvalidError, StoreUnavailableError.
   */
  async authentic(token: string): Promise<T> {
    return this.read(await this.tokens.authentic(token, this.type));
  }

  /** The token of a genuine token's claims. Throws AccessTokenInvalidError. */
  protected abstract read(claims: JsonObject): T;
}
