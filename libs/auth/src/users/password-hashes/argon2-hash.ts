import { verify } from '@node-rs/argon2';
import { type HashReader, UnverifiableHash } from './stored-hash.js';

const MOST_KIB = 262_144;
/** Memory by passes: a second of one core at most. */
const MOST_WORK = 1_048_576;
const MOST_LANES = 16;

const TEXT =
  /^(\$(argon2(?:id|i|d))(?:\$v=\d{2})?\$([a-z]+=[^,$]{1,64}(?:,[a-z]+=[^,$]{1,64}){2,4})\$)[a-zA-Z0-9+/]{11,86}\$[a-zA-Z0-9+/]{16,171}$/;

/** `$argon2id$v=19$m=65536,t=3,p=4$salt$key`, also argon2i and argon2d, version 16, and the parameters in any order. */
export const readArgon2: HashReader = (text, ours) => {
  if (!text.startsWith('$argon2')) return undefined;
  const found = TEXT.exec(text);
  if (!found) return new UnverifiableHash('a malformed argon2 hash');
  const [, beginning, format, list] = found as unknown as readonly [string, string, string, string];
  const parameters = new Map(list.split(',').map((one) => one.split('=') as [string, string]));
  const [memoryKiB, passes, lanes] = ['m', 't', 'p'].map((name) => Number(parameters.get(name) ?? NaN)) as [
    number,
    number,
    number,
  ];
  const mostKiB = Math.max(MOST_KIB, ours.memoryKiB);
  const mostWork = Math.max(MOST_WORK, ours.memoryKiB * ours.passes);
  // NaN fails these comparisons, so a missing parameter is refused.
  if (!(memoryKiB <= mostKiB && memoryKiB * passes <= mostWork && lanes <= MOST_LANES))
    return new UnverifiableHash('an argon2 hash whose parameters are past the limits');
  return {
    format,
    beginning,
    matches: (password) => verify(text, password),
    isWeakerThan: (wanted) =>
      format !== 'argon2id' ||
      memoryKiB < wanted.memoryKiB ||
      memoryKiB * passes < wanted.memoryKiB * wanted.passes,
  };
};
