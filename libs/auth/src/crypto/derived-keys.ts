import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/** What a derived key is for. A key of one purpose is useless for another. */
export type KeyPurpose =
  'access-token' | 'session-tag' | 'refresh-tag' | 'refresh-next' | 'shared-record' | 'signing-key';

/**
 * The purpose keys of the application's `secret` (HKDF-SHA256, RFC 5869: empty salt, the purpose and the issuer as
 * info), so that two environments that share a secret by mistake still do not share keys. The first secret signs,
 * all of them are accepted.
 */
export class DerivedKeys {
  private readonly derived = new Map<KeyPurpose, readonly [KeyObject, ...KeyObject[]]>();

  constructor(
    private readonly secrets: readonly string[],
    private readonly issuer: string,
  ) {}

  /** Keys of a purpose, one per secret, in their order; 32 bytes each. */
  of(purpose: KeyPurpose): readonly [KeyObject, ...KeyObject[]] {
    let keys = this.derived.get(purpose);
    if (!keys) {
      keys = this.secrets.map((secret) => this.derive(secret, purpose)) as [KeyObject, ...KeyObject[]];
      this.derived.set(purpose, keys);
    }
    return keys;
  }

  private derive(secret: string, purpose: KeyPurpose): KeyObject {
    const info = `nestjs-aerie|v1|${purpose}|${this.issuer}`;
    return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', info, 32)));
  }
}
