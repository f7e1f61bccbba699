import { scrypt, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { BASE64, fromBase64, KEY, matchesKey } from './derived-key.js';
import { type HashReader, UnverifiableHash } from './stored-hash.js';

/** N by r by p: 256 MiB, and a second or so of one core. */
const MOST_WORK = 2_097_152;
/** OpenSSL's own limit, past what that work needs. */
const MAX_MEMORY = 536_870_912;

const TEXT = new RegExp(
  String.raw`^(\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$)(${BASE64}{1,171}={0,2})\$${KEY}$`,
);
const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** `$scrypt$ln=16,r=8,p=1$salt$key`, as passlib and the PHC string format have it. */
export const readScrypt: HashReader = (text) => {
  if (!text.startsWith('$scrypt$')) return undefined;
  const found = TEXT.exec(text);
  if (!found) return new UnverifiableHash('a malformed scrypt hash');
  const [, beginning, ln, r, p, salt, key] = found as unknown as readonly [string, ...string[]] & string[];
  const cost = { N: 2 ** Number(ln), r: Number(r), p: Number(p) };
  const work = cost.N * cost.r * cost.p;
  if (cost.N < 2 || work === 0) return new UnverifiableHash('a malformed scrypt hash');
  if (work > MOST_WORK) return new UnverifiableHash('a scrypt hash whose parameters are past the limits');
  const [saltBytes, keyBytes] = [fromBase64(salt!), fromBase64(key!)];
  return {
    format: 'scrypt',
    beginning: beginning!,
    matches: (password) =>
      matchesKey(keyBytes, password, (given, length) =>
        derive(given, saltBytes, length, { ...cost, maxmem: MAX_MEMORY }),
      ),
    isWeakerThan: () => true,
  };
};
