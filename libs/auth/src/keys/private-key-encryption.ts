import { createCipheriv, createDecipheriv, createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import { decodeBase64url } from '../crypto/base64url.js';
import type { DerivedKeys } from '../crypto/derived-keys.js';

const FORM = 'sk2_';
/** That of 0.1: it was not bound to when the key begins, and does not say its issuer. */
const FORMER_FORM = 'sk1_';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const MAX_ISSUER_BYTES = 1_024;

/** What a seal is bound to: a sealed key that is moved to another row, or made to begin at another time, does not open. */
export interface SealedFor {
  readonly id: number;
  readonly kid: string;
  readonly alg: string;
  readonly beginsAt: number;
}

/** A private key that was opened, and whether it is sealed as it would be sealed now. */
export interface OpenedKey {
  readonly privateKey: KeyObject;
  readonly isCurrent: boolean;
}

/**
 * Seals private keys at rest with AES-256-GCM (NIST SP 800-38D), under a key derived from the application's secret: who
 * reads the database cannot sign, and who writes to it cannot bring a key of their own. The first secret seals, all of
 * them open, as do those that were derived for a former issuer. The issuer stands beside the seal: it is public, and an
 * operator needs it when nothing opens.
 */
export class PrivateKeyEncryption {
  constructor(private readonly keys: DerivedKeys) {}

  /** Whom this application seals for. */
  get issuer(): string {
    return this.keys.issuer;
  }

  seal(privateKey: KeyObject, bound: SealedFor): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keys.of('signing-key')[0], iv);
    cipher.setAAD(boundTo(bound));
    const sealed = [cipher.update(privateKey.export({ type: 'pkcs8', format: 'der' })), cipher.final()];
    const bytes = Buffer.concat([iv, ...sealed, cipher.getAuthTag()]);
    return `${FORM}${bytes.toString('base64url')}.${Buffer.from(this.issuer).toString('base64url')}`;
  }

  /** `undefined`: no secret opens it, for no issuer that it may be of, or it was altered. */
  open(text: string, bound: SealedFor): OpenedKey | undefined {
    const isFormer = text.startsWith(FORMER_FORM);
    const bytes = decodeBase64url(text.slice(FORM.length).split('.')[0]!);
    if (!bytes || bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
    // The derived key tells of which issuer it is: a name that was altered opens nothing.
    const issuer = issuerOfSeal(text);
    const own = this.keys.of('signing-key');
    const former = this.keys.formerOf('signing-key');
    const candidates = isFormer
      ? this.keys.everyOf('signing-key')
      : issuer === this.issuer
        ? own
        : (former.find((one) => one.issuer === issuer)?.keys ?? []);
    for (const key of candidates) {
      const privateKey = openWith(key, bytes, isFormer ? formerlyBoundTo(bound) : boundTo(bound));
      if (privateKey) return { privateKey, isCurrent: !isFormer && key === own[0] };
    }
    return undefined;
  }
}

/** For which issuer a key was sealed, by what stands beside the seal; `undefined`: it does not say. */
export function issuerOfSeal(text: string): string | undefined {
  const [, named, ...rest] = text.startsWith(FORM) ? text.split('.') : [];
  const bytes = named === undefined || rest.length > 0 ? undefined : decodeBase64url(named);
  return bytes && bytes.length <= MAX_ISSUER_BYTES ? bytes.toString() : undefined;
}

function openWith(key: KeyObject, bytes: Buffer, bound: Buffer): KeyObject | undefined {
  const iv = bytes.subarray(0, IV_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(bound);
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const opened = [decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
    return createPrivateKey({ key: Buffer.concat(opened), type: 'pkcs8', format: 'der' });
  } catch {
    return undefined;
  }
}

function boundTo({ id, kid, alg, beginsAt }: SealedFor): Buffer {
  return Buffer.from(JSON.stringify(['signing-key', id, kid, alg, beginsAt]));
}

function formerlyBoundTo({ id, kid, alg }: SealedFor): Buffer {
  return Buffer.from(JSON.stringify(['signing-key', id, kid, alg]));
}
