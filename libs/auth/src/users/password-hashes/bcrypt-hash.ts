import { type HashReader, UnverifiableHash } from './stored-hash.js';

/** A second or two of one core; each step doubles it. */
const MOST_COST = 14;
const BYTES_READ = 72;

const TEXT = /^(\$2[aby]\$(0[4-9]|[12]\d|3[01])\$)[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}$/;

/** A package that verifies a format is not installed. */
export class MissingPackageError extends Error {}

/**
 * `$2a$`, `$2b$` and `$2y$`. As with every library of bcrypt, what a password has past byte 72 does not count. A NUL counts
 * in some and ends the password in others: so a password with a NUL matches none.
 */
export const readBcrypt: HashReader = (text) => {
  if (!text.startsWith('$2')) return undefined;
  const found = TEXT.exec(text);
  if (!found) return new UnverifiableHash('a malformed bcrypt hash, or one of $2$ or $2x$');
  const [, beginning, cost] = found as unknown as readonly [string, string, string];
  if (Number(cost) > MOST_COST) return new UnverifiableHash('a bcrypt hash whose cost is past the limit');
  return {
    format: 'bcrypt',
    beginning,
    matches: async (password) => {
      const { verify } = await loadBcrypt();
      return (await verify(password, text)) && !password.includes('\0');
    },
    isWeakerThan: () => true,
  };
};

/**
 * Whether a match shows that this is the whole password. It does not where bcrypt read 72 bytes: the user may have typed the
 * rest wrong, and a new hash of that would refuse the right password. Shorter ones end with a NUL, which bcrypt reads.
 */
export function isReadWhole(text: string, password: string): boolean {
  return !text.startsWith('$2') || Buffer.byteLength(password) < BYTES_READ;
}

async function loadBcrypt(): Promise<typeof import('@node-rs/bcrypt')> {
  try {
    return await import('@node-rs/bcrypt');
  } catch (cause) {
    throw new MissingPackageError('bcrypt hashes need an optional package: npm install @node-rs/bcrypt', {
      cause,
    });
  }
}
