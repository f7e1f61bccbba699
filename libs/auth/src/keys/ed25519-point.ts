import type { KeyObject } from 'node:crypto';

const P = 2n ** 255n - 19n;
/** The y of a point of order 8; that of the others of this order is its negative. */
const Y8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
/** Of the eight points whose order divides the cofactor: 1, 2, 4 and 8. Each y belongs to both signs of x. */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([0n, 1n, P - 1n, Y8, P - Y8]);

/**
 * Whether an Ed25519 public key is a canonical point (RFC 8032, section 5.1.3) that is not of small order. With a point of
 * small order for a key anybody makes signatures: OpenSSL does not refuse it.
 */
export function isSoundEd25519Point(key: KeyObject): boolean {
  const bytes = Buffer.from(key.export({ format: 'jwk' }).x!, 'base64url').reverse();
  const y = BigInt(`0x${bytes.toString('hex')}`) & (2n ** 255n - 1n);
  return y < P && !SMALL_ORDER_Y.has(y);
}
