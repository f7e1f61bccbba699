import { randomBytes } from 'node:crypto';

const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a value is a UUID in the one form that we write: lower case, with hyphens. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && FORM.test(value);
}

export function uuidToBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

/** 16 bytes as a UUID. */
export function bytesToUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

let last = 0n;

/**
 * A UUID that sorts after all that this process made before (RFC 9562, version 7; its `rand_a` is a counter, method 1 of
 * section 6.2). `now`: epoch milliseconds.
 */
export function timeOrderedUuid(now: number): string {
  const wanted = BigInt(Math.trunc(now)) << 12n;
  last = wanted > last ? wanted : last + 1n;
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Number(last >> 12n), 0, 6);
  bytes.writeUInt16BE(0x7000 | Number(last & 0xfffn), 6);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return bytesToUuid(bytes);
}
