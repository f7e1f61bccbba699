import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { BASE64, fromBase64, KEY, matchesKey } from './derived-key.js';
import { type HashReader, UnverifiableHash } from './stored-hash.js';

/** Iterations by blocks of the digest: a second or two of one core. */
const MOST_WORK = 3_000_000;
const DIGEST_BYTES = { sha1: 20, sha256: 32, sha512: 64 } as const;

/** passlib's, where no digest is SHA-1, and the PHC string format's. */
const PHC = new RegExp(
  String.raw`^(\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=)?(\d{1,8})(?:,l=\d{1,3})?\$)(${BASE64}{1,171}={0,2})\$${KEY}$`,
);
/** Django's, whose salt is text. */
const DJANGO = new RegExp(String.raw`^(pbkdf2_(sha1|sha256|sha512)\$(\d{1,8})\$)([^$]{1,128})\$${KEY}$`);

const derive = promisify(pbkdf2);

/** `$pbkdf2-sha256$29000$salt$key`, `$pbkdf2-sha256$i=29000,l=32$salt$key` and `pbkdf2_sha256$600000$salt$key`. */
export const readPbkdf2: HashReader = (text) => {
  const isDjango = text.startsWith('pbkdf2_');
  if (!isDjango && !text.startsWith('$pbkdf2')) return undefined;
  const found = (isDjango ? DJANGO : PHC).exec(text);
  if (!found) return new UnverifiableHash('a malformed PBKDF2 hash, or one of another digest');
  const [, beginning, named = 'sha1', rounds, saltText, keyText] = found;
  const digest = named as keyof typeof DIGEST_BYTES;
  const iterations = Number(rounds);
  const key = fromBase64(keyText!);
  const salt = isDjango ? Buffer.from(saltText!) : fromBase64(saltText!);
  if (iterations === 0) return new UnverifiableHash('a malformed PBKDF2 hash, or one of another digest');
  if (iterations * Math.ceil(key.length / DIGEST_BYTES[digest]) > MOST_WORK)
    return new UnverifiableHash('a PBKDF2 hash whose iterations are past the limit');
  return {
    format: `pbkdf2-${digest}`,
    beginning: beginning!,
    matches: (password) =>
      matchesKey(key, password, (given, length) => derive(given, salt, iterations, length, digest)),
    isWeakerThan: () => true,
  };
};
