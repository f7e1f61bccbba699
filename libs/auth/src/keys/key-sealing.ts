import { createCipheriv, createDecipheriv, createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import { decodeBase64url } from '../crypto/base64url.js';
import type { DerivedKeys } from '../crypto/derived-keys.js';

const FORM = 'sk1_';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What a seal is bound to: a sealed key that is moved to another row does not open there. */
export interface SealedFor {
  readonly id: number;
  readonly kid: string;
  readonly alg: string;
}

/** A private key that was opened, and whether by the secret that seals now. */
export interface OpenedKey {
  readonly privateKey: KeyObject;
  readonly isCurrent: boolean;
}

/**
 * Seals private keys at rest with AES-256-GCM (NIST SP 800-38D), under a key derived from the application's secret: who
 * reads the database cannot sign, and who writes to it cannot bring a key of their own. The first secret seals, all of
 * them open.
 */
export class KeySealing {
  constructor(private readonly keys: DerivedKeys) {}

  seal(privateKey: KeyObject, bound: SealedFor): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keys.of('signing-key')[0], iv);
    cipher.setAAD(boundTo(bound));
    const sealed = [cipher.update(privateKey.export({ type: 'pkcs8', format: 'der' })), cipher.final()];
    return FORM + Buffer.concat([iv, ...sealed, cipher.getAuthTag()]).toString('base64url');
  }

  /** `undefined`: none of the secrets opens it, or it was altered. */
  open(text: string, bound: SealedFor): OpenedKey | undefined {
    const bytes = text.startsWith(FORM) ? decodeBase64url(text.slice(FORM.length)) : undefined;
    if (!bytes || bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
    for (const [index, key] of this.keys.of('signing-key').entries()) {
      const privateKey = openWith(key, bytes, bound);
      if (privateKey) return { privateKey, isCurrent: index === 0 };
    }
    return undefined;
  }
}

function openWith(key: KeyObject, bytes: Buffer, bound: SealedFor): KeyObject | undefined {
  const iv = bytes.subarray(0, IV_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(boundTo(bound));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const opened = [decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
    return createPrivateKey({ key: Buffer.concat(opened), type: 'pkcs8', format: 'der' });
  } catch {
    return undefined;
  }
}

function boundTo({ id, kid, alg }: SealedFor): Buffer {
  return Buffer.from(JSON.stringify(['signing-key', id, kid, alg]));
}
