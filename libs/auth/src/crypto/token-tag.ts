import type { KeyObject } from 'node:crypto';
import { equalInConstantTime } from './constant-time.js';
import { hmacSha256 } from './digest.js';

/** How long a tag is. */
export const TAG_BYTES = 16;

/**
 * The last 16 bytes of an opaque token: an HMAC-SHA256 over the bytes before it, under a form's label, cut short. A token
 * that this application did not make fails here, before any query.
 */
export function tagOf(key: KeyObject, label: string, body: Uint8Array): Buffer {
  return hmacSha256(key, label, body).subarray(0, TAG_BYTES);
}

/** Whether the last bytes of a token are the tag of the rest, under one of the keys. */
export function isTagged(keys: readonly KeyObject[], label: string, bytes: Uint8Array): boolean {
  const body = bytes.subarray(0, -TAG_BYTES);
  const tag = bytes.subarray(-TAG_BYTES);
  return keys.some((key) => equalInConstantTime(tagOf(key, label, body), tag));
}
