import type { ResolvedHashing } from '../credential-options.js';
import { readArgon2 } from './argon2-hash.js';
import { readBcrypt } from './bcrypt-hash.js';
import { readPbkdf2 } from './pbkdf2-hash.js';
import { readScrypt } from './scrypt-hash.js';
import { type StoredHash, UnverifiableHash } from './stored-hash.js';

const READERS = [readArgon2, readBcrypt, readScrypt, readPbkdf2];
/** No format has longer ones. */
const MOST_CHARACTERS = 512;

/** Names for the log. Each is a constant: a text that may be a password must not come to be in one. */
const OTHER_KINDS: readonly (readonly [RegExp, string])[] = [
  [/^\$1\$/, 'md5-crypt ($1$)'],
  [/^\$[56]\$/, 'sha-crypt ($5$ or $6$)'],
  [/^\$g?y\$|^\$7\$/, 'yescrypt ($y$) or its like'],
  [/^\$[PH]\$/, 'phpass ($P$ or $H$)'],
  [/^\{[\w-]+\}/, 'a hash with its format in braces'],
  [/^[a-z0-9_]+\$[^$]*\$/, "a hash in Django's notation, but not PBKDF2"],
  [/^[0-9a-f]+[.:$][0-9a-f]+$/i, 'a salt and a key in hex, without parameters'],
  [/^([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/i, 'a bare digest in hex'],
];

/** What a text of the users table is. */
export function readStoredHash(text: string, ours: ResolvedHashing): StoredHash | UnverifiableHash {
  if (text.length <= MOST_CHARACTERS) {
    for (const read of READERS) {
      const hash = read(text, ours);
      if (hash) return hash;
    }
  }
  const kind = OTHER_KINDS.find(([pattern]) => pattern.test(text))?.[1] ?? 'a text of no known format';
  return new UnverifiableHash(kind);
}

/** A hash of nothing that takes as long as those that begin like this. It matches no password that can be found. */
export function decoyText(beginning: string): string {
  return (
    beginning + (beginning.startsWith('$2') ? '.'.repeat(53) : `c2FsdHNhbHRzYWx0c2FsdA$${'A'.repeat(27)}`)
  );
}
