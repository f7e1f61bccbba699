import { sha256 } from '../../../crypto/digest.js';
import type { SpentId } from './service-client-store.js';

/** The key that a used-up id is kept under. Lengths before what others chose: no two of them are ever alike. */
export function spentIdHash({ purpose, client, jti }: Omit<SpentId, 'lifeMs'>): string {
  return sha256(`${purpose}|${client.length}|${client}|${jti}`).toString('hex');
}
