import type { KeyObject } from 'node:crypto';
import type { DerivedKeys } from '../crypto/derived-keys.js';
import { sha256 } from '../crypto/digest.js';
import type { KeyState } from './key-options.js';
import type { SigningKey } from './signing-key.js';

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
