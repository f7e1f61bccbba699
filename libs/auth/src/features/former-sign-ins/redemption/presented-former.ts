import { sha256 } from '../../../crypto/digest.js';
import type { Requester } from '../../../principal/requester.js';
import type { FormerCredential } from '../credentials/former-credential.js';

/** A former credential of a request, whose form was checked. */
export interface PresentedFormer {
  readonly kind: FormerCredential;
  readonly value: string;
  /** What identifies it, as its kind says. */
  readonly id: string;
  /** What is kept of it. */
  readonly digest: string;
}

/** How it is to be redeemed. */
export interface RedemptionTerms {
  readonly mode: 'session' | 'tokens' | 'hybrid';
  /** Digest of the Idempotency-Key; null: there is none. */
  readonly attemptHash: string | null;
  readonly requester: Requester;
}

/** Longer values are no credential. */
const LONGEST = 4096;

/** `undefined` for a value that is none of this kind. No query. */
export function presentedAs(kind: FormerCredential, value: string): PresentedFormer | undefined {
  const id = value.length > LONGEST ? undefined : kind.identify(value);
  return id === undefined
    ? undefined
    : { kind, value, id, digest: sha256(`${kind.name}\0${id}`).toString('hex') };
}

/** What is kept of the Idempotency-Key that a credential came with: bound to that credential. */
export function attemptOf({ digest }: PresentedFormer, idempotencyKey: string | null): string | null {
  return idempotencyKey === null ? null : sha256('idem', digest, idempotencyKey).toString('hex');
}
