import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { STATUS_OF } from '../../../../libs/auth/src/context/error-responses.js';
import { duration } from './error-details.js';
import { CLIENT_SENTENCES, type ErrorDetails, sentenceOf, SENTENCES } from './sentences.js';

const HANDOVER = 'libs/auth/src/features/handover/handover-errors.ts';
const codesIn = (path: string, form: RegExp) =>
  [...readFileSync(path, 'utf8').matchAll(form)].map(([, code]) => code!);

const isSentence = (text: string): boolean =>
  /^[A-Z][\s\S]*\.$/.test(text) && !/undefined|NaN|null/.test(text);

describe('the sentences for errors', () => {
  it('has one for every code of the library and of the handover, and no other', () => {
    const documented = codesIn('docs/errors.md', /^## (AUTH_\w+)$/gm).filter(
      // It stops the boot: no answer has it.
      (code) => code !== 'AUTH_CONFIG_INVALID',
    );
    const handover = codesIn(HANDOVER, /code = '(\w+)'/g);
    expect(documented.length).toBeGreaterThan(30);
    expect(handover).toHaveLength(3);
    expect(Object.keys(SENTENCES).sort()).toEqual([...documented, ...handover].sort());
    expect(Object.keys(SENTENCES)).toEqual(expect.arrayContaining(Object.keys(STATUS_OF)));
  });

  it('has one for every code of the client', () => {
    const own = codesIn('libs/auth/src/client/auth-client-error.ts', /'(AUTH_CLIENT_[A-Z_]+)'/g);
    expect(Object.keys(CLIENT_SENTENCES).sort()).toEqual([...new Set(own)].sort());
  });

  it.each([...Object.keys(SENTENCES), ...Object.keys(CLIENT_SENTENCES)])(
    'says what happened and what to do: %s',
    (code) => {
      for (const details of [{}, { retryAfter: 90, reason: 'too_short', min_length: 15, max_age: 300 }]) {
        const { happened, todo } = sentenceOf(code, details);
        expect([happened, todo].filter((text) => !isSentence(text))).toEqual([]);
        expect(happened).not.toContain(code);
      }
    },
  );

  it.each([
    [{ retryAfter: 1 }, 'Try again in 1 second.'],
    [{ retryAfter: 61 }, 'Try again in 2 minutes.'],
    [{ retryAfter: 7200 }, 'Try again in 2 hours.'],
    [{ retryAfter: Number.NaN }, 'Wait a moment, then try again.'],
    [{ retryAfter: -5 }, 'Wait a moment, then try again.'],
    [{ retryAfter: Number.POSITIVE_INFINITY }, 'Wait a moment, then try again.'],
    [{}, 'Wait a moment, then try again.'],
  ])('says when to try again: %j', (details, todo) => {
    for (const code of [
      'AUTH_STORE_UNAVAILABLE',
      'AUTH_REFRESH_BUSY',
      'AUTH_PASSWORDS_BUSY',
      'AUTH_RATE_LIMITED',
    ])
      expect(sentenceOf(code, details).todo).toBe(todo);
    for (const status of [429, 503]) expect(sentenceOf(null, { ...details, status }).todo).toBe(todo);
  });

  it('names other ways to sign in, and the limits of a password', () => {
    const limited = sentenceOf('AUTH_RATE_LIMITED', {
      retryAfter: 30,
      waysOpen: ['link', 'code', 'telepathy'],
    });
    expect(limited.todo).toBe(
      'Try again in 30 seconds. The server still takes a link by e-mail or a code by e-mail, for which this page has no form.',
    );
    const reasons = ['too_short', 'too_long', 'common', 'expected', 'blocked', 'other'].map(
      (reason) => sentenceOf('AUTH_PASSWORD_REJECTED', { reason, min_length: 15, max_length: 256 }).happened,
    );
    expect(new Set(reasons).size).toBe(6);
    expect(reasons[0]).toBe('The new password is refused: it needs at least 15 characters.');
    expect(sentenceOf('AUTH_RECENT_SIGN_IN_REQUIRED', { max_age: 300 }).happened).toContain('5 minutes');
  });

  it('tells a network failure from a refusal, and says what the server said', () => {
    expect(sentenceOf(null).happened).toMatch(/^The server did not answer/);
    expect(sentenceOf(undefined, { status: 409, message: 'This e-mail address is taken.' }).happened).toBe(
      'This conflicts with what the server has: This e-mail address is taken.',
    );
    for (const status of [400, 401, 403, 404, 409, 413, 418, 429, 500, 502, 503, 504]) {
      const { happened, todo } = sentenceOf(null, { status });
      expect([happened, todo].filter((text) => !/^[A-Z]/.test(text))).toEqual([]);
    }
  });

  it.each(['TERMS_VERSION_UNKNOWN', '__proto__', 'constructor', 'toString', 'x'.repeat(1_000_000)])(
    'has a sane sentence for a code that it does not know (%#)',
    (code) => {
      for (const details of [{}, { status: 400 }, { status: 500 }, { status: 409, message: 'No.' }]) {
        const { happened, todo } = sentenceOf(code, details);
        expect(happened).toContain(`code ${code.slice(0, 20)}`);
        expect(happened.length + todo.length).toBeLessThan(500);
      }
    },
  );

  it('stands details of any form', () => {
    const hostile: unknown[] = [null, 7, 'x', {}, [], ['a', {}], Number.NaN, 'y'.repeat(1_000_000)];
    for (const value of hostile)
      for (const code of [...Object.keys(SENTENCES), null])
        for (const name of ['retryAfter', 'message', 'reason', 'waysOpen', 'max_age', 'min_length']) {
          const { happened, todo } = sentenceOf(code, { status: 400, [name]: value } as ErrorDetails);
          expect(`${happened}${todo}`.length).toBeLessThan(600);
        }
  });

  it('rounds a duration up', () => {
    expect([0, 0.2, 1, 59, 60, 3599, 3600].map(duration)).toEqual([
      '1 second',
      '1 second',
      '1 second',
      '59 seconds',
      '1 minute',
      '60 minutes',
      '1 hour',
    ]);
  });
});
