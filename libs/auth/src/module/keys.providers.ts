import { type Provider } from '@nestjs/common';
import { DerivedKeys } from '../crypto/derived-keys.js';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { KeyRing, derivedSigningKeys } from '../keys/key-ring.js';
import { PrivateKeyEncryption } from '../keys/private-key-encryption.js';
import { KeyRotation } from '../keys/key-rotation.js';
import { readSigningKey } from '../keys/signing-key.js';
import { SigningKeys } from '../keys/signing-keys.js';
import { SigningKeyStore } from '../keys/signing-key-store.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { LocalRevocations } from '../revocation/local-revocations.js';
import { AuthStores } from '../stores/auth-stores.js';
import { Clock } from '../time/clock.js';
import { nullable, provide } from '../wiring/provide.js';

const FIVE_MINUTES_MS = 5 * 60_000;

/** The keys that tokens are signed with. Store and KeyRotation are null unless the keys are managed. */
export const KEY_PROVIDERS: Provider[] = [
  provide(
    DerivedKeys,
    [ResolvedAuthOptions, Clock],
    ({ secrets, issuer, formerIssuers }, clock) => new DerivedKeys(secrets, issuer, formerIssuers, clock),
  ),
  provide(nullable(SigningKeyStore), [AuthStores, ResolvedAuthOptions], signingKeyStore),
  provide(
    KeyRing,
    [ResolvedAuthOptions, DerivedKeys, nullable(SigningKeyStore)],
    ({ keys }, derived, store) => {
      if (typeof keys === 'object') return new KeyRing(keys.map(readSigningKey));
      return new KeyRing(store ? null : derivedSigningKeys(derived));
    },
  ),
  provide(
    nullable(KeyRotation),
    [nullable(SigningKeyStore), KeyRing, DerivedKeys, ResolvedAuthOptions, LocalRevocations],
    (store, ring, derived, { managedKeys, accessTokens }, changes) => {
      const { longestLifetimeMs, clockToleranceMs } = accessTokens;
      const rules = { ...managedKeys, retentionMs: longestLifetimeMs + clockToleranceMs + FIVE_MINUTES_MS };
      const encryption = new PrivateKeyEncryption(derived);
      const replaced = (): void => changes.publish();
      return store && new KeyRotation(store, ring, encryption, rules, derivedSigningKeys(derived), replaced);
    },
  ),
  provide(SigningKeys, [nullable(KeyRotation), KeyRing], (managed, ring) => new SigningKeys(managed, ring)),
];

/** Throws AuthConfigError for managed keys that were asked for by name, and for which there is no place. */
function signingKeyStore(
  stores: AuthStores,
  { keys, keysGiven }: ResolvedAuthOptions,
): SigningKeyStore | null {
  const store = keys === 'managed' ? stores.signingKeys() : null;
  if (keys === 'managed' && keysGiven && !store) {
    throw new AuthConfigError(
      '"keys" must be "secret" or a list of keys beside "stores" that keep no keys (got "managed"): let them give a SigningKeyStore',
    );
  }
  return store;
}
