import type { KeyObject } from 'node:crypto';
import { sha256 } from '../crypto/digest.js';
import type { DerivedKeys } from '../crypto/derived-keys.js';
import { AuthConfigError } from '../errors/auth-config-error.js';
import type { KeyOption } from './key-options.js';
import { readSigningKey, type SigningKey } from './signing-key.js';

/** A public key as JWKS publishes it (RFC 7517). */
export type PublicJwk = Readonly<Record<string, string>>;

/** The keys that access tokens are signed and verified with. */
export class KeyRing {
  /** The one key that signs. */
  readonly active: SigningKey & { readonly signWith: KeyObject };
  private readonly byKid: ReadonlyMap<string, SigningKey>;

  constructor(keys: readonly SigningKey[]) {
    this.byKid = new Map(keys.map((key) => [key.kid, key]));
    if (this.byKid.size !== keys.length) {
      throw new AuthConfigError('"keys" must be keys of different kids (got two of the same)');
    }
    const active = keys.filter((key) => key.state === 'active');
    if (active.length !== 1 || !active[0]!.signWith) {
      throw new AuthConfigError(
        `"keys" must be a list with exactly one key that is "active" (got ${active.length})`,
      );
    }
    this.active = active[0] as SigningKey & { readonly signWith: KeyObject };
  }

  /** HS256 keys derived from the application's secrets, or the keys that it gave. */
  static of(options: readonly KeyOption[] | null, derived: DerivedKeys): KeyRing {
    return new KeyRing(options ? options.map(readSigningKey) : derivedKeys(derived));
  }

  /** The key a token names; there is no fallback. */
  find(kid: string): SigningKey | undefined {
    return this.byKid.get(kid);
  }

  /** Public members only, of asymmetric keys only; `next` keys are in it. */
  publicKeys(): readonly PublicJwk[] {
    const published: PublicJwk[] = [];
    for (const { kid, alg, verifyWith } of this.byKid.values()) {
      if (verifyWith.type !== 'public') continue;
      published.push({ ...(verifyWith.export({ format: 'jwk' }) as PublicJwk), use: 'sig', alg, kid });
    }
    return published;
  }
}

function derivedKeys(derived: DerivedKeys): SigningKey[] {
  return derived.of('access-token').map((key, index) => ({
    // Public, so a digest of the key rather than anything of it.
    kid: `hs-${sha256('kid|', key.export()).toString('base64url').slice(0, 12)}`,
    alg: 'HS256',
    state: index === 0 ? 'active' : 'retired',
    signWith: key,
    verifyWith: key,
  }));
}
