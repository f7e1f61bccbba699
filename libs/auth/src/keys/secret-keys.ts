import type { DerivedKeys } from '../crypto/derived-keys.js';
import { sha256 } from '../crypto/digest.js';
import type { SigningKey } from './signing-key.js';

/** HS256 keys derived from the application's secrets: the first signs, all of them verify. */
export function secretKeys(derived: DerivedKeys): SigningKey[] {
  return derived.of('access-token').map((key, index) => ({
    // Public, so a digest of the key rather than anything of it.
    kid: `hs-${sha256('kid|', key.export()).toString('base64url').slice(0, 12)}`,
    alg: 'HS256',
    state: index === 0 ? 'active' : 'retired',
    signWith: key,
    verifyWith: key,
  }));
}
