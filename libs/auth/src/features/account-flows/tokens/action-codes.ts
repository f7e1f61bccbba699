import type { KeyObject } from 'node:crypto';
import { equalInConstantTime } from '../../../crypto/constant-time.js';
import type { DerivedKeys } from '../../../crypto/derived-keys.js';
import { hmacSha256 } from '../../../crypto/digest.js';
import { uuidToBytes } from '../../../crypto/uuid.js';
import type { ActionTokenRow } from './action-token.js';

/** Without vowels and look-alikes: no words come about, and no two letters are taken for each other (RFC 8628, section 6.1). */
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';
const LENGTH = 8;
const FORM = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);
const COUNT = BigInt(ALPHABET.length) ** BigInt(LENGTH);
const KEY = 'account-flows.action-code';

/** What a code is derived from. */
export type CodeSource = Pick<ActionTokenRow, 'id' | 'purpose' | 'askerHash'>;

/**
 * Codes to type: eight letters in two groups, `WDJB-MJHT` (34 bits). A code is derived from the id of its token and the
 * asker, so nothing of it is stored, and it is good for that asker alone.
 */
export class ActionCodes {
  constructor(private readonly keys: DerivedKeys) {}

  /** The code of a token, as it is shown. */
  of(source: CodeSource): string {
    const code = derived(this.keys.of(KEY)[0], source);
    return `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;
  }

  /** The letters that a person typed, in any case, with or without hyphen and spaces; `undefined` for what is no code. */
  parse(value: unknown): string | undefined {
    if (typeof value !== 'string' || value.length > 32) return undefined;
    const letters = value.replace(/[\s-]/g, '').toUpperCase();
    return FORM.test(letters) ? letters : undefined;
  }

  /** Whether these letters are the code of the token. */
  isOf(letters: string, source: CodeSource): boolean {
    const given = Buffer.from(letters);
    return this.keys
      .everyOf(KEY)
      .map((key) => equalInConstantTime(Buffer.from(derived(key, source)), given))
      .includes(true);
  }
}

function derived(key: KeyObject, { id, purpose, askerHash }: CodeSource): string {
  const digest = hmacSha256(key, purpose, '\0', uuidToBytes(id), askerHash ?? '');
  let number = digest.readBigUInt64BE() % COUNT;
  let code = '';
  for (let i = 0; i < LENGTH; i++) {
    code += ALPHABET[Number(number % BigInt(ALPHABET.length))];
    number /= BigInt(ALPHABET.length);
  }
  return code;
}
