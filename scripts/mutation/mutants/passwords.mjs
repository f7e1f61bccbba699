import { mutantsOf } from './mutants-of.mjs';

const STORED = ['stored hashes'];
const SIGN_IN = ['password hashes'];
const UPGRADE = ['hash upgrades'];

/** Hashes of other programs: what they may cost, what they prove, and what takes their place. */
export const PASSWORD_MUTANTS = [
  ...mutantsOf('users/password-hashes/argon2-hash.ts', STORED, [
    ['argon2 may use any memory', 'memoryKiB <= mostKiB && ', ''],
    ['argon2 may run any number of passes', ' && memoryKiB * passes <= mostWork', ''],
  ]),
  ...mutantsOf('users/password-hashes/bcrypt-hash.ts', STORED, [
    ['bcrypt may have any cost', 'Number(cost) > MOST_COST', 'Number(cost) > 31'],
    ['bcrypt takes a password with a NUL', ` && !password.includes('\\0')`, ''],
    ['72 bytes show the whole password', '< BYTES_READ', '<= BYTES_READ'],
  ]),
  ...mutantsOf('users/password-hashes/scrypt-hash.ts', STORED, [
    ['scrypt may do any work', 'work > MOST_WORK', 'work > 2 ** 60'],
  ]),
  ...mutantsOf('users/password-hashes/pbkdf2-hash.ts', STORED, [
    [
      'the blocks of a key do not count',
      'iterations * Math.ceil(key.length / DIGEST_BYTES[digest])',
      'iterations',
    ],
  ]),
  ...mutantsOf('users/password-hashes/derived-key.ts', STORED, [
    ['an empty key is a key', '{22,171}', '{0,171}'],
    ['a derived key takes a password with a NUL', ` && !password.includes('\\0')`, ''],
  ]),
  ...mutantsOf(
    'users/refusal-times.ts',
    ['refusal times'],
    [
      [
        'refusals take as long as the fastest kind',
        'ms >= slowest.ms',
        'ms <= slowest.ms || slowest.ms === 0',
      ],
      ['the time of a refusal has no bound', 'Math.min(LONGEST_WAIT_MS, checks', 'Math.min(Infinity, checks'],
    ],
  ),
  ...mutantsOf('users/password-hasher.ts', SIGN_IN, [
    [
      'a bcrypt hash is replaced by one of a password that it has not read whole',
      ' || !forms.every((form) => isReadWhole(stored, form))',
      '',
    ],
    [
      'a strong hash is replaced',
      'hash instanceof UnverifiableHash || hash.isWeakerThan(this.options)',
      'true',
    ],
    ['what was typed is not tried', 'normal === password ? [normal] : [normal, password]', '[normal]'],
  ]),
  ...mutantsOf('users/user-passwords.ts', UPGRADE, [
    ['a directory that does not answer fails the sign-in', '.catch(() => undefined)', ''],
    ['the log shows the hash that was not stored', `.replaceAll(hash, '(hash)')`, ''],
  ]),
  ...mutantsOf('sign-in/authenticator.ts', SIGN_IN, [
    [
      'the epoch is read after the hash',
      'const epochs = subject === null ? null : await this.subjects.epochs(subject);',
      `await this.passwords.check(subject ?? '', password);
    const epochs = subject === null ? null : await this.subjects.epochs(subject);`,
    ],
  ]),
];
