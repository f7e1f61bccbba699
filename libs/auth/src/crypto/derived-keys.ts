import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { FormerIssuer } from '../validation/former-issuers.js';

/** The purpose of a derived key. A key of one purpose is useless for another. */
export type KeyPurpose =
  // A feature's own: its name, a dot, and what the key is for.
  | `${string}.${string}`
  | 'access-token'
  | 'session-tag'
  | 'refresh-tag'
  | 'refresh-next'
  | 'shared-record'
  | 'signed-url'
  | 'signing-key'
  | 'attempt'
  | 'device';

/** One key for each secret, in their order. */
export type SecretKeys = readonly [KeyObject, ...KeyObject[]];

/**
 * The purpose keys of the application's `secret` (HKDF-SHA256, RFC 5869: empty salt, the purpose and the issuer as
 * info), so that two environments that share a secret by mistake still do not share keys. The first secret signs,
 * all of them are accepted.
 */
export class DerivedKeys {
  private readonly derived = new Map<string, SecretKeys>();

  /** @internal */
  constructor(
    private readonly secrets: readonly string[],
    readonly issuer: string,
    private readonly formerIssuers: readonly FormerIssuer[] = [],
    private readonly clock: { now(): number } = Date,
  ) {}

  /** Keys of a purpose, one per secret, in their order; 32 bytes each. */
  of(purpose: KeyPurpose): SecretKeys {
    return this.under(this.issuer, purpose);
  }

  /** The same, and after them those that were derived for issuers that this application was before. */
  everyOf(purpose: KeyPurpose): SecretKeys {
    if (this.formerIssuers.length === 0) return this.of(purpose);
    return [
      ...this.of(purpose),
      ...this.formerOf(purpose).flatMap(({ keys }) => keys),
    ] as unknown as SecretKeys;
  }

  /** Those of each former issuer whose time has not passed. */
  formerOf(purpose: KeyPurpose): readonly { readonly issuer: string; readonly keys: SecretKeys }[] {
    return this.formerIssuers
      .filter(({ until }) => this.clock.now() < until)
      .map(({ issuer }) => ({ issuer, keys: this.under(issuer, purpose) }));
  }

  private under(issuer: string, purpose: KeyPurpose): SecretKeys {
    const info = `nestjs-aerie|v1|${purpose}|${issuer}`;
    let keys = this.derived.get(info);
    if (!keys) {
      // It separates the parts.
      if (purpose.includes('|')) throw new TypeError('the purpose of a key must not contain "|"');
      keys = this.secrets.map((secret) =>
        createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', info, 32))),
      ) as [KeyObject, ...KeyObject[]];
      this.derived.set(info, keys);
    }
    return keys;
  }
}
