import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { LogTrap } from '../../../../../test/support/log-trap.js';
import { CREDENTIAL_DEFAULTS, type PasswordBlocklist } from '../credential-options.js';
import { type PasswordOwner, PasswordPolicy } from './password-policy.js';

const policyOf = (changes: { minLength?: number; maxLength?: number; blocklist?: PasswordBlocklist } = {}) =>
  new PasswordPolicy({ ...CREDENTIAL_DEFAULTS, ...changes }, 'https://accounts.aviary.example');

/** The reason of a refusal; null: accepted. */
async function judged(policy: PasswordPolicy, password: string, owner?: PasswordOwner): Promise<unknown> {
  try {
    await policy.check(password, owner);
    return null;
  } catch (error) {
    return (error as { reason?: unknown }).reason ?? error;
  }
}

describe('the length of a password', () => {
  it('is 15 characters at least, and 256 at most', async () => {
    const policy = policyOf();
    expect(await judged(policy, 'tea for two o c')).toBe(null);
    expect(await judged(policy, 'tea for two o ')).toBe('too_short');
    expect(await judged(policy, 'tea for ' + 'two'.repeat(82) + 'ab')).toBe(null);
    expect(await judged(policy, 'tea for ' + 'two'.repeat(82) + 'abc')).toBe('too_long');
    expect(await judged(policy, '')).toBe('too_short');
  });

  it('is 8 at least and 64 at most where the options say so', async () => {
    const policy = policyOf({ minLength: 8, maxLength: 64 });
    expect(await judged(policy, 'tea4two!')).toBe(null);
    expect(await judged(policy, 'tea4two')).toBe('too_short');
    expect(await judged(policy, 'tea4' + 'two'.repeat(20))).toBe(null);
    expect(await judged(policy, 'tea45' + 'two'.repeat(20))).toBe('too_long');
  });

  it('is counted in code points, as typed and in NFKC', async () => {
    const policy = policyOf({ minLength: 8, maxLength: 64 });
    // Four bytes and two UTF-16 units each.
    expect(await judged(policy, '🦅🦆🦉🦜🦢🦩🐓🐦')).toBe(null);
    expect(await judged(policy, '🦅🦆🦉🦜🦢🦩🐓')).toBe('too_short');
    // One character that NFKC makes 18 of.
    expect('ﷺ'.normalize('NFKC')).toHaveLength(18);
    expect(await judged(policy, 'ﷺ')).toBe('too_short');
    expect(await judged(policy, 'tea4two!' + 'ﷺ'.repeat(4))).toBe('too_long');
    // Eight letters, typed as letters and accents.
    expect(await judged(policy, 'çàéèùôïñ'.normalize('NFD'))).toBe(null);
    expect(await judged(policy, 'çàéèùôï'.normalize('NFD'))).toBe('too_short');
  });

  it('is told with the limit', async () => {
    const refusal = await policyOf()
      .check('short')
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: 'AUTH_PASSWORD_REJECTED',
      details: { reason: 'too_short', min_length: 15 },
      message: 'The password is too short: it must have at least 15 characters.',
    });
  });

  it('asks for no kind of characters', async () => {
    for (const password of [
      'only lower case',
      'ONLY UPPER CASE',
      '8271 9401 3356 72',
      '      tea      two',
      '!?!:;,.(){}<>/#',
    ])
      expect([password, await judged(policyOf(), password)]).toEqual([password, null]);
  });
});

describe('a password that many people use', () => {
  it.each([
    'passwordpassword',
    'Password12345678',
    'P@ssw0rd!!!2026',
    'iloveyouiloveyou',
    '123456789012345',
    '987654321098765',
    'aaaaaaaaaaaaaaa',
    'abcdefghijklmnop',
    'qwertyuiopasdfgh',
    '1q2w3e4r5t6y7u8i',
    'zzzzzzzzzzzzzzzzzzzz1',
    'letmeinletmein123',
    'let me in let me in',
    'correct horse battery staple',
    'abcabcabcabcabc',
    'ＰＡＳＳＷＯＲＤpassword',
  ])('is refused: %s', async (password) => {
    expect(await judged(policyOf(), password)).toBe('common');
  });

  it.each([
    'my password is on the fridge',
    'correct donkey battery staple',
    'password of my first cat',
    'password83920175639201',
    'seven dragons of summer',
    'x7Gq-92mL-ppQz-01',
  ])('is not taken for one: %s', async (password) => {
    expect(await judged(policyOf(), password)).toBe(null);
  });
});

describe('a password that is expected of its user', () => {
  const ada = {
    subject: 'user-1815-of-the-aviary',
    names: ['Ada.Lovelace@flightschool.example', 'Augusta Ada King'],
  };

  it.each([
    'ada.lovelace@flightschool.example',
    'Ada.Lovelace1815',
    'adalovelace1815',
    'FlightSchool2026!',
    'augusta ada king',
    'AugustaAdaKing!!',
    'user-1815-of-the-aviary',
    'aviaryaviaryaviary',
    'accounts.aviary.example',
  ])('is refused: %s', async (password) => {
    expect(await judged(policyOf(), password, ada)).toBe('expected');
    expect(await judged(policyOf({ minLength: 8 }), password.toUpperCase(), ada)).toBe('expected');
  });

  it('is compared as a whole', async () => {
    expect(await judged(policyOf(), 'ada lovelace wrote the first program', ada)).toBe(null);
    expect(await judged(policyOf(), 'Ada.Lovelace1815', { names: ['grace@example.com', ''] })).toBe(null);
  });
});

describe('the blocklist of an application', () => {
  let trap: LogTrap;
  beforeEach(() => {
    jest.useFakeTimers();
    Logger.overrideLogger((trap = new LogTrap()));
  });
  afterEach(() => {
    jest.useRealTimers();
    Logger.overrideLogger(false);
  });
  const PASSWORD = 'ｔｅａ for two and';

  it('gets the NFKC form, after every other rule', async () => {
    const asked: string[] = [];
    const policy = policyOf({ blocklist: async (password) => asked.push(password) > 0 });
    expect(await judged(policy, 'passwordpassword')).toBe('common');
    expect(asked).toEqual([]);
    expect(await judged(policy, PASSWORD)).toBe('blocked');
    expect(asked).toEqual(['tea for two and']);
    expect(await judged(policyOf({ blocklist: () => false }), PASSWORD)).toBe(null);
  });

  it.each<[string, PasswordBlocklist]>([
    [
      'throw',
      () => {
        throw new Error(PASSWORD);
      },
    ],
    [
      'be rejected',
      async () => {
        throw new Error('tea for two and');
      },
    ],
    ['return nothing', () => undefined as never],
  ])('is a 503 when it should %s, and shows no password', async (_, blocklist) => {
    expect(await judged(policyOf({ blocklist }), PASSWORD)).toMatchObject({ code: 'AUTH_STORE_UNAVAILABLE' });
    expect(trap.lines).toEqual([expect.stringMatching(/credentials\.blocklist .* true or false/)]);
    expect(trap.lines.join()).not.toContain('two and');
  });

  it('is a 503 when it does not answer in five seconds', async () => {
    const judging = judged(policyOf({ blocklist: () => new Promise(() => undefined) }), PASSWORD);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(await judging).toMatchObject({ code: 'AUTH_STORE_UNAVAILABLE' });
    expect(trap.lines).toHaveLength(1);
  });
});

describe('what is no password', () => {
  it.each([undefined, null, 15, {}, ['tea for two and'], 'tea for two an\ud800'])(
    'is a bad request: %p',
    async (value) => {
      expect(await judged(policyOf(), value as never)).toMatchObject({ code: 'AUTH_REQUEST_INVALID' });
    },
  );

  it('is refused in a moment, however long it is', async () => {
    const began = performance.now();
    expect(await judged(policyOf(), 'a1-'.repeat(1_000_000))).toBe('too_long');
    expect(await judged(policyOf(), '-'.repeat(2_000) + 'a' + '-'.repeat(2_000))).toBe('too_long');
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
