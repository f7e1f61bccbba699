import { type Provider } from '@nestjs/common';
import { DerivedKeys } from '../crypto/derived-keys.js';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { KeyRing } from '../keys/key-ring.js';
import { PrivateKeyEncryption } from '../keys/private-key-encryption.js';
import { KeyRotation } from '../keys/key-rotation.js';
import { derivedSigningKeys } from '../keys/derived-signing-keys.js';
import { readSigningKey } from '../keys/signing-key.js';
import { SigningKeys } from '../keys/signing-keys.js';
import { SigningKeyStore } from '../keys/signing-key-store.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { LocalRevocations } from '../revocation/local-revocations.js';
import { AuthStores } from '../stores/auth-stores.js';
import { Clock } from '../time/clock.js';

type Options = ResolvedAuthOptions;

const FIVE_MINUTES_MS = 5 * 60_000;

/** The keys that tokens are signed with. Store and KeyRotation are null unless the keys are managed. */
export const KEY_PROVIDERS: Provider[] = [
  {
    provide: DerivedKeys,
    inject: [ResolvedAuthOptions, Clock],
    useFactory: ({ secrets, issuer, formerIssuers }: Options, clock: Clock) =>
      new DerivedKeys(secrets, issuer, formerIssuers, clock),
  },
  { provide: SigningKeyStore, inject: [AuthStores, ResolvedAuthOptions], useFactory: signingKeyStore },
  {
    provide: KeyRing,
    inject: [ResolvedAuthOptions, DerivedKeys, SigningKeyStore],
    useFactory: ({ keys }: Options, derived: DerivedKeys, store: SigningKeyStore | null) => {
      if (typeof keys === 'object') return new KeyRing(keys.map(readSigningKey));
      return new KeyRing(store ? null : derivedSigningKeys(derived));
    },
  },
  {
    provide: KeyRotation,
    inject: [SigningKeyStore, KeyRing, DerivedKeys, ResolvedAuthOptions, LocalRevocations],
    useFactory: (
      store: SigningKeyStore | null,
      ring: KeyRing,
      derived: DerivedKeys,
      { managedKeys, accessTokens }: Options,
      changes: LocalRevocations,
    ): KeyRotation | null => {
      const { longestLifetimeMs, clockToleranceMs } = accessTokens;
      const retentionMs = longestLifetimeMs + clockToleranceMs + FIVE_MINUTES_MS;
      const rules = { ...managedKeys, retentionMs };
      const replaced = (): void => changes.publish();
      return (
        store &&
        new KeyRotation(
          store,
          ring,
          new PrivateKeyEncryption(derived),
          rules,
          derivedSigningKeys(derived),
          replaced,
        )
      );
    },
  },
  {
    provide: SigningKeys,
    inject: [KeyRotation, KeyRing],
    useFactory: (managed: KeyRotation | null, ring: KeyRing) => new SigningKeys(managed, ring),
  },
];

/** Throws AuthConfigError for managed keys that were asked for by name, and for which there is no place. */
function signingKeyStore(stores: AuthStores, { keys, keysGiven }: Options): SigningKeyStore | null {
  const store = keys === 'managed' ? stores.signingKeys() : null;
  if (keys === 'managed' && keysGiven && !store) {
    throw new AuthConfigError(
      '"keys" must be "secret" or a list of keys beside "stores" that keep no keys (got "managed"): let them give a SigningKeyStore',
    );
  }
  return store;
}
