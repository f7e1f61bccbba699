import { randomBytes } from 'node:crypto';
import { equalInConstantTime } from '../../../crypto/constant-time.js';
import { sha256 } from '../../../crypto/digest.js';
import { OpaqueTokenForm } from '../../../crypto/opaque-token.js';
import type { ServiceClientReading } from './service-client-store.js';

const FORM = new OpaqueTokenForm('cs1_', 32);
/** The hash of nothing that anybody could send. */
const NO_HASH = '00'.repeat(32);

/** A new secret for a client: it is shown once, and kept as its hash alone. */
export function freshClientSecret(): string {
  return FORM.encode(randomBytes(32));
}

/** As it is kept. It is random, and long: a fast hash will do. */
export function hashOfSecret(secret: string): string {
  return sha256(secret).toString('hex');
}

/** Whether this is the client's secret, or its former one in its time. Costs the same when there is no client. */
export function isSecretOf(found: ServiceClientReading | null, secret: string): boolean {
  const given = sha256(secret);
  const isHashOf = (hash: string | null | undefined): boolean =>
    equalInConstantTime(given, Buffer.from(hash ?? NO_HASH, 'hex'));
  const isPresent = isHashOf(found?.row.secretHash);
  const isFormer = isHashOf(found?.row.formerSecretHash);
  const formerEnds = found?.row.formerSecretExpiresAt ?? 0;
  return isPresent || (isFormer && found !== null && found.now < formerEnds);
}
