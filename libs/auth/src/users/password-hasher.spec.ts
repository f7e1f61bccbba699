import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { DECOMPOSED, FOREIGN_HASHES, LONG, PLAIN } from '../../../../test/support/foreign-hashes.js';
import { LogTrap } from '../../../../test/support/log-trap.js';
import { cpuMs } from '../../../../test/support/cpu-time.js';
import { PasswordHasher } from './password-hasher.js';

const LIGHT = { memoryKiB: 8192, passes: 1, lanes: 1, slowestHash: null };
const SALTED = `${'ab'.repeat(16)}:${'cd'.repeat(64)}`;
const MD5 = '5f4dcc3b5aa765d61d8327deb882cf99';
const madeBy = (library: string, password = PLAIN) =>
  FOREIGN_HASHES.find(([name, of]) => name.startsWith(library) && of === password)![2];

describe('PasswordHasher', () => {
  let trap: LogTrap;
  beforeEach(() => Logger.overrideLogger((trap = new LogTrap())));
  afterEach(() => Logger.overrideLogger(false));

  it.each(FOREIGN_HASHES)('verifies what %s made of %j: %s', async (_, password, stored) => {
    const hasher = new PasswordHasher(LIGHT);
    expect(await hasher.verify(stored, password)).toBe(true);
    expect(await hasher.verify(stored, `${password.slice(0, 20)}!`)).toBe(false);
  });

  it('takes what was typed and its NFKC form: other programs hash the one, we the other', async () => {
    const hasher = new PasswordHasher(LIGHT);
    const composed = DECOMPOSED.normalize('NFKC');
    expect(await hasher.verify(madeBy('bcrypt', DECOMPOSED), DECOMPOSED)).toBe(true);
    expect(await hasher.verify(madeBy('bcrypt', DECOMPOSED), composed)).toBe(false);
    for (const typed of [DECOMPOSED, composed])
      expect(await hasher.verify(await hasher.hash(DECOMPOSED), typed)).toBe(true);
  });

  it('names each kind of text that it cannot verify once, with nothing of it', async () => {
    const hasher = new PasswordHasher(LIGHT);
    for (const stored of [MD5, SALTED, MD5, `$argon2id$v=19$m=8192,t=1,p=1$short`, SALTED])
      expect(await hasher.verify(stored, 'password')).toBe(false);
    expect(trap.lines).toEqual([
      expect.stringMatching(/cannot be verified.*a bare digest in hex.*docs\/passwords\.md/),
      expect.stringMatching(/a salt and a key in hex/),
      expect.stringMatching(/a malformed argon2 hash/),
    ]);
    expect(trap.lines.join()).not.toMatch(/5f4dcc3b|abab|short/);
  });

  it('asks for the slowest kind when there are hashes of other programs, once and with the words to copy', async () => {
    const hasher = new PasswordHasher(LIGHT);
    for (const library of ['bcrypt', 'Django']) await hasher.verify(madeBy(library), 'x');
    expect(trap.lines).toEqual([
      expect.stringContaining('begin with "$2b$04$": name the slowest in credentials.slowestHash'),
    ]);
    const named = new PasswordHasher({ ...LIGHT, slowestHash: '$2b$04$' });
    await named.verify(madeBy('bcrypt'), 'x');
    expect(trap.lines).toHaveLength(1);
  });

  it.each([null, '', undefined, MD5])(
    'works as long for %j as for a wrong password by the slowest hash',
    async (nothing) => {
      const hasher = await new PasswordHasher({ ...LIGHT, slowestHash: '$2b$09$' }).ready();
      const used = async (stored: string | null | undefined) => {
        const began = cpuMs();
        await hasher.verify(stored, 'wrong');
        return cpuMs() - began;
      };
      const slowest = await used(`$2b$09$${'.'.repeat(53)}`);
      expect(await used(nothing)).toBeGreaterThan(slowest / 4);
    },
  );

  it('works twice for a password that has two forms, with a user and without', async () => {
    const hasher = await new PasswordHasher({ ...LIGHT, slowestHash: '$2b$09$' }).ready();
    const used = async (stored: string | null, password: string) => {
      const times = [];
      for (let i = 0; i < 3; i++) {
        const began = cpuMs();
        await hasher.verify(stored, password);
        times.push(cpuMs() - began);
      }
      return Math.min(...times);
    };
    for (const stored of [null, `$2b$09$${'.'.repeat(53)}`]) {
      const once = await used(stored, DECOMPOSED.normalize('NFKC'));
      const twice = await used(stored, DECOMPOSED);
      expect(twice / once).toBeGreaterThan(1.4);
      expect(twice / once).toBeLessThan(2.8);
    }
  });

  describe('needsRehash', () => {
    const hasher = new PasswordHasher({ ...LIGHT, memoryKiB: 16_384, passes: 2 });
    const argon2 = (kind: string, memory: number, passes: number) =>
      `$${kind}$v=19$m=${memory},t=${passes},p=1$c2FsdHNhbHRzYWx0c2FsdA$${'A'.repeat(43)}`;

    it.each([
      ['argon2id of ours', argon2('argon2id', 16_384, 2), false],
      ['stronger argon2id', argon2('argon2id', 65_536, 3), false],
      ['fewer passes over more memory', argon2('argon2id', 32_768, 1), false],
      ['less memory', argon2('argon2id', 8_192, 8), true],
      ['fewer passes', argon2('argon2id', 16_384, 1), true],
      ['argon2i', argon2('argon2i', 65_536, 3), true],
      ['bcrypt', madeBy('bcrypt'), true],
      ['Django', madeBy('Django'), true],
      ['a format that the host verified itself', MD5, true],
    ])('%s: %s is %p', (_, stored, due) => expect(hasher.needsRehash(stored, PLAIN)).toBe(due));

    it('is false where bcrypt has not read the whole password', async () => {
      const stored = madeBy('bcrypt', LONG);
      expect(await hasher.verify(stored, LONG)).toBe(true);
      expect(await hasher.verify(stored, `${LONG.slice(0, 72)}another end`)).toBe(true);
      expect(hasher.needsRehash(stored, LONG)).toBe(false);
      expect(hasher.needsRehash(stored, LONG.slice(0, 72))).toBe(false);
      expect(hasher.needsRehash(stored, LONG.slice(0, 71))).toBe(true);
    });

    it('is false for what cannot be hashed', () => {
      for (const password of ['', 'x'.repeat(4_097)]) expect(hasher.needsRehash(MD5, password)).toBe(false);
    });
  });

  it.each(['$2b$99$', '$2b$15$', 'bcrypt$', '$argon2id$', '$scrypt$ln=16,r=8,p=1$c2FsdA$', 'hunter2$'])(
    'refuses %j for the slowest hash, and says what is wrong',
    (slowestHash) => {
      expect(() => new PasswordHasher({ ...LIGHT, slowestHash })).toThrow(AuthConfigError);
      expect(() => new PasswordHasher({ ...LIGHT, slowestHash })).toThrow(
        /"credentials\.slowestHash" must be the beginning of a hash up to its salt, such as "\$2b\$12\$" \(got a/,
      );
    },
  );
});
