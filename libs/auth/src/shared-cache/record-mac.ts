import type { KeyObject } from 'node:crypto';
import { decodeBase64url } from '../crypto/base64url.js';
import { equalInConstantTime } from '../crypto/constant-time.js';
import { hmacSha256 } from '../crypto/digest.js';

/**
 * What is kept in a cache that others may write to: text with a tag over it and the key it is kept under. Whoever can
 * write to the cache can bring back what was once there under the same key, and make nothing up.
 */
export class RecordMac {
  /** `keys`: the first one seals, all of them open. */
  constructor(private readonly keys: readonly [KeyObject, ...KeyObject[]]) {}

  seal(key: string, content: object): string {
    const text = JSON.stringify(content);
    return `${this.tag(this.keys[0], key, text).toString('base64url')}.${text}`;
  }

  /** The value that was written under this key with our MAC; `undefined` for every other text. */
  open(key: string, sealed: unknown): unknown {
    if (typeof sealed !== 'string') return undefined;
    const dot = sealed.indexOf('.');
    const tag = dot < 0 ? undefined : decodeBase64url(sealed.slice(0, dot));
    if (!tag) return undefined;
    const text = sealed.slice(dot + 1);
    if (!this.keys.some((one) => equalInConstantTime(tag, this.tag(one, key, text)))) return undefined;
    return JSON.parse(text) as unknown;
  }

  private tag(secret: KeyObject, key: string, text: string): Buffer {
    return hmacSha256(secret, `${key.length}:${key}`, text);
  }
}
