import type { DerivedKeys } from '../crypto/derived-keys.js';
import { hmacSha256 } from '../crypto/digest.js';

const ID_BYTES = 16;

/**
 * The form of an identifier that tries are counted by: NFKC, trimmed, case-folded. So another spelling of a name has the same
 * budget. Upper case first: it folds what lower case alone keeps apart, such as the two forms of sigma.
 */
export function countedForm(identifier: string): string {
  return identifier.normalize('NFKC').trim().toUpperCase().toLowerCase().normalize('NFKC');
}

/**
 * Ids of counters: HMAC-SHA256 under a key of their own, cut to 128 bits, in hex. No store holds an address or an identifier,
 * and other secrets count anew.
 */
export class AttemptKeys {
  constructor(private readonly keys: DerivedKeys) {}

  /** The id of a counter. Its parts cannot run into each other. */
  idOf(...parts: readonly string[]): string {
    const framed = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('');
    return hmacSha256(this.keys.of('attempt')[0], framed).subarray(0, ID_BYTES).toString('hex');
  }

  /** An identifier as events show it: equal for equal ones, and not to be turned back without the secret. */
  identifierHash(identifier: string): string {
    return this.idOf('identifier', countedForm(identifier));
  }
}
