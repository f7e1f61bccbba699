import type { KeyObject } from 'node:crypto';
import { StoreUnavailableError } from '../errors/auth-error.js';
import { AuthConfigError } from '../errors/auth-config-error.js';
import type { SigningKey } from './signing-key.js';
import { VerificationKeys } from './verification-keys.js';
import type { DerivedKeys } from '../crypto/derived-keys.js';
import { sha256 } from '../crypto/digest.js';
import type { KeyState } from './key-options.js';

/** A public key as JWKS publishes it (RFC 7517). */
export type PublicJwk = Readonly<Record<string, string>>;

/** The key that signs. */
export type ActiveKey = SigningKey & { readonly signWith: KeyObject };

/** The keys that access tokens are signed and verified with. Managed keys come and go; those that were given stay. */
export class KeyRing extends VerificationKeys {
  private byKid: ReadonlyMap<string, SigningKey> = new Map();
  private signing: ActiveKey | null = null;
  private published: readonly PublicJwk[] = [];
  private readonly listeners: (() => void)[] = [];
  private readKeys: (() => Promise<void>) | null = null;

  /** `keys`: none when they are not known yet; then nothing is signed, and nothing verifies. @internal */
  constructor(keys: readonly SigningKey[] | null) {
    super();
    if (keys) this.replace(keys);
  }

  /** The one key that signs. Throws StoreUnavailableError while managed keys were never read. */
  get active(): ActiveKey {
    if (!this.signing)
      throw new StoreUnavailableError({ cause: new Error('the signing keys are not known yet') });
    return this.signing;
  }

  /**
   * The same, read first where it is not known yet: an application that was never initialised, or a script that made the
   * tables just now. Throws StoreUnavailableError.
   */
  async signingKey(): Promise<ActiveKey> {
    if (!this.signing) await this.readKeys?.();
    return this.active;
  }

  /** Says how keys are read that are not known yet. */
  readBy(readKeys: () => Promise<void>): void {
    this.readKeys = readKeys;
  }

  override find(kid: string): SigningKey | undefined {
    return this.byKid.get(kid);
  }

  /** Public members only, of asymmetric keys only; `next` keys are in it. The same list until keys come or go. */
  publicKeys(): readonly PublicJwk[] {
    return this.published;
  }

  override onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Takes these keys in place of all others. Throws AuthConfigError for two of one kid, or not exactly one `active`. */
  replace(keys: readonly SigningKey[]): void {
    const byKid = new Map(keys.map((key) => [key.kid, key]));
    if (byKid.size !== keys.length) {
      throw new AuthConfigError('"keys" must be keys of different kids (got two of the same)');
    }
    const active = keys.filter((key) => key.state === 'active');
    if (active.length !== 1 || !active[0]!.signWith) {
      throw new AuthConfigError(
        `"keys" must be a list with exactly one key that is "active" (got ${active.length})`,
      );
    }
    const sameKeys = byKid.size === this.byKid.size && keys.every(({ kid }) => this.byKid.has(kid));
    this.byKid = byKid;
    this.signing = active[0] as ActiveKey;
    if (sameKeys) return;
    this.published = keys.filter(({ verifyWith }) => verifyWith.type === 'public').map(publicJwk);
    for (const listener of this.listeners) listener();
  }
}

function publicJwk({ kid, alg, verifyWith }: SigningKey): PublicJwk {
  return { ...(verifyWith.export({ format: 'jwk' }) as PublicJwk), use: 'sig', alg, kid };
}

/**
 * HS256 keys derived from the application's secrets: the first signs, all of them verify. Those of a former issuer verify
 * its own tokens alone.
 */
export function derivedSigningKeys(derived: DerivedKeys): SigningKey[] {
  const own = derived
    .of('access-token')
    .map((key, index) => hmacKey(key, index === 0 ? 'active' : 'retired'));
  const former = derived
    .formerOf('access-token')
    .flatMap(({ issuer, keys }) => keys.map((key) => ({ ...hmacKey(key, 'retired'), issuer })));
  return [...own, ...former];
}

function hmacKey(key: KeyObject, state: KeyState): SigningKey {
  // Public, so a digest of the key rather than anything of it.
  const kid = `hs-${sha256('kid|', key.export()).toString('base64url').slice(0, 12)}`;
  return { kid, alg: 'HS256', state, signWith: key, verifyWith: key };
}
