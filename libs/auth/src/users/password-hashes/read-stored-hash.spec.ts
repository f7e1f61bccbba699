import { describe, expect, it } from '@jest/globals';
import { FOREIGN_HASHES, PLAIN } from '../../../../../test/support/foreign-hashes.js';
import { CREDENTIAL_DEFAULTS } from '../credential-options.js';
import { isReadWhole } from './bcrypt-hash.js';
import { decoyText, readStoredHash } from './read-stored-hash.js';
import { type StoredHash, UnverifiableHash } from './stored-hash.js';

const read = (text: string) => readStoredHash(text, CREDENTIAL_DEFAULTS);
const hash = (text: string): StoredHash => {
  const found = read(text);
  if (found instanceof UnverifiableHash) throw new Error(found.kind);
  return found;
};
const kindOf = (text: string): string => {
  const found = read(text);
  return found instanceof UnverifiableHash ? found.kind : found.format;
};
const key = (characters: number) => 'A'.repeat(characters);
const SALT = 'c2FsdHNhbHRzYWx0c2FsdA';

describe('a hash that another library made', () => {
  it.each(FOREIGN_HASHES)('by %s of %j is matched by that password alone: %s', async (_, password, text) => {
    const stored = hash(text);
    expect(await stored.matches(password)).toBe(true);
    for (const other of [`x${password}`, password.slice(1), password.toUpperCase(), ''])
      expect(await stored.matches(other)).toBe(false);
  });

  it.each(FOREIGN_HASHES)(
    'by %s of %j is matched by no password with a NUL: %s',
    async (_, password, text) => {
      for (const other of [`${password}\0`, `\0${password}`, `${password}\0${password}`])
        expect(await hash(text).matches(other)).toBe(false);
    },
  );

  it.each(FOREIGN_HASHES)(
    'by %s of %j has a decoy with the same parameters: %s',
    async (_, password, text) => {
      const stored = hash(text);
      const decoy = hash(decoyText(stored.beginning));
      expect([decoy.beginning, decoy.format]).toEqual([stored.beginning, stored.format]);
      expect(text.startsWith(stored.beginning)).toBe(true);
      expect(await decoy.matches(password)).toBe(false);
    },
  );

  it('is altered in any character of its key, and no longer matched', async () => {
    for (const [, , text] of FOREIGN_HASHES.filter(([, password]) => password === PLAIN)) {
      // The last one of base64 has bits that do not count.
      for (let at = text.length - 12; at < text.length - 3; at++) {
        const other = text[at] === 'B' ? 'C' : 'B';
        expect(await hash(text.slice(0, at) + other + text.slice(at + 1)).matches(PLAIN)).toBe(false);
      }
    }
  });
});

describe('the parameters of a stored hash', () => {
  it.each([
    ['argon2id', `$argon2id$v=19$m=262144,t=4,p=16$${SALT}$${key(43)}`],
    ['argon2id', `$argon2id$v=19$t=4,p=16,m=262144$${SALT}$${key(43)}`],
    ['bcrypt', `$2b$14$${key(21)}.${key(31)}`],
    ['scrypt', `$scrypt$ln=18,r=8,p=1$${SALT}$${key(43)}`],
    ['scrypt', `$scrypt$ln=14,r=8,p=16$${SALT}$${key(86)}`],
    ['pbkdf2-sha256', `pbkdf2_sha256$3000000$salt$${key(43)}=`],
    ['pbkdf2-sha256', `$pbkdf2-sha256$i=600000,l=32$${SALT}$${key(43)}`],
    ['pbkdf2-sha512', `$pbkdf2-sha512$3000000$${SALT}$${key(86)}`],
    ['pbkdf2-sha1', `$pbkdf2$1500000$${SALT}$${key(43)}`],
  ])('may be as high as this: %s %s', (format, text) => expect(kindOf(text)).toBe(format));

  it.each([
    `$argon2id$v=19$m=262145,t=1,p=1$${SALT}$${key(43)}`,
    `$argon2id$v=19$m=4194304,t=1,p=1$${SALT}$${key(43)}`,
    `$argon2id$v=19$m=65536,t=17,p=1$${SALT}$${key(43)}`,
    `$argon2id$v=19$m=8192,t=1,p=17$${SALT}$${key(43)}`,
    `$argon2id$v=19$m=8192,t=9999999999,p=1$${SALT}$${key(43)}`,
    `$2b$15$${key(21)}.${key(31)}`,
    `$2b$31$${key(21)}.${key(31)}`,
    `$scrypt$ln=19,r=8,p=1$${SALT}$${key(43)}`,
    `$scrypt$ln=14,r=8,p=17$${SALT}$${key(43)}`,
    `$scrypt$ln=63,r=8,p=1$${SALT}$${key(43)}`,
    `$scrypt$ln=99,r=99,p=99$${SALT}$${key(43)}`,
    `pbkdf2_sha256$3000001$salt$${key(43)}=`,
    `$pbkdf2$1500001$${SALT}$${key(43)}`,
    `$pbkdf2-sha256$99999999$${SALT}$${key(43)}`,
  ])('may not be higher: %s', (text) => expect(kindOf(text)).toMatch(/past the limits?$/));

  it('may be as high as those of our own hashes', () => {
    const text = `$argon2id$v=19$m=524288,t=4,p=1$${SALT}$${key(43)}`;
    const ours = { ...CREDENTIAL_DEFAULTS, memoryKiB: 524_288, passes: 4 };
    expect(readStoredHash(text, CREDENTIAL_DEFAULTS)).toBeInstanceOf(UnverifiableHash);
    expect(readStoredHash(text, ours)).not.toBeInstanceOf(UnverifiableHash);
  });
});

describe('a stored text', () => {
  it.each([
    [`$argon2id$v=19$m=8192,t=1$${SALT}$${key(43)}`, /^an argon2 hash|^a malformed argon2/],
    [`$argon2id$v=19$m=8192,t=1,p=1$${SALT}$`, /^a malformed argon2/],
    [`$argon2id$v=19$m=8192,t=1,p=1$${SALT}$AAAA`, /^a malformed argon2/],
    [`$2b$03$${key(53)}`, /^a malformed bcrypt/],
    [`$2x$10$${key(53)}`, /^a malformed bcrypt/],
    [`$2b$10$${key(52)}`, /^a malformed bcrypt/],
    [`$scrypt$ln=0,r=8,p=1$${SALT}$${key(43)}`, /^a malformed scrypt/],
    [`$scrypt$ln=14,r=0,p=1$${SALT}$${key(43)}`, /^a malformed scrypt/],
    // An empty key would match every password.
    [`$scrypt$ln=14,r=8,p=1$${SALT}$`, /^a malformed scrypt/],
    [`$pbkdf2-sha256$0$${SALT}$${key(43)}`, /^a malformed PBKDF2/],
    [`$pbkdf2-sha256$1000$${SALT}$`, /^a malformed PBKDF2/],
    [`pbkdf2_sha256$1000$salt$`, /^a malformed PBKDF2/],
    [`pbkdf2_md5$1000$salt$${key(43)}`, /^a malformed PBKDF2/],
    ['$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/', /^md5-crypt/],
    ['$6$saltsalt$abc', /^sha-crypt/],
    ['$y$j9T$abc$def', /^yescrypt/],
    ['$P$Babcdefgh', /^phpass/],
    ['{SSHA}abcdef', /in braces/],
    [`{bcrypt}$2a$10$${key(53)}`, /in braces/],
    ['scrypt$16384$salt$8$1$abc', /Django/],
    ['5f4dcc3b5aa765d61d8327deb882cf99', /^a bare digest/],
    [`${'ab'.repeat(16)}:${'cd'.repeat(64)}`, /^a salt and a key in hex/],
    ['hunter2', /^a text of no known format/],
    [`$2b$10$${key(9_999)}`, /^a text of no known format/],
  ])('that cannot be verified has a kind, which shows nothing of it: %s', (text, kind) => {
    expect(kindOf(text)).toMatch(kind);
    expect(kindOf(text)).not.toContain('AAAA');
  });
});

describe('a match by bcrypt', () => {
  it('shows the whole password below 72 bytes', () => {
    const text = `$2b$10$${key(53)}`;
    expect(isReadWhole(text, 'a'.repeat(71))).toBe(true);
    expect(isReadWhole(text, 'a'.repeat(72))).toBe(false);
    expect(isReadWhole(text, '\u00fc'.repeat(36))).toBe(false);
    expect(isReadWhole(`$scrypt$ln=14,r=8,p=1$${SALT}$${key(43)}`, 'a'.repeat(999))).toBe(true);
  });
});
