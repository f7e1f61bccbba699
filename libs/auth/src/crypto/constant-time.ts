import { timingSafeEqual } from 'node:crypto';

/** Whether two secrets are equal, in a time that depends on their length alone. */
export function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
