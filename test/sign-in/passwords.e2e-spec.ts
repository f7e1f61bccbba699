import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PasswordHasher } from 'nestjs-aerie';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

describe.each(BELOW_THE_EDGE)('passwords, on %s', (adapter) => {
  let app: TestApp;
  let count = 0;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
  });
  afterAll(() => app.close());

  /** The statuses that logins with these passwords get, for a user whose password is the first argument. */
  async function statuses(password: string, ...typed: string[]): Promise<number[]> {
    const identifier = `user-${++count}`;
    await app.users.add(identifier, password, { id: identifier });
    const answers: number[] = [];
    for (const attempt of typed) {
      const json = { identifier, password: attempt };
      answers.push((await app.client().post('/auth/login', { json })).status);
    }
    return answers;
  }

  it('count to the last byte: one that differs in byte 73 is another', async () => {
    const long = 'a'.repeat(72);
    expect(await statuses(`${long}b`, `${long}b`, `${long}c`, long, `${long}bb`)).toEqual([
      200, 401, 401, 401,
    ]);
  });

  it('may be as long as a login takes, and count to the end', async () => {
    const long = `${'ü'.repeat(1023)}x`;
    expect(await statuses(long, long, `${'ü'.repeat(1023)}y`)).toEqual([200, 401]);
  });

  it('are the same in every Unicode form that looks the same', async () => {
    const composed = 'caf\u00e9 \ufb01n';
    expect(await statuses(composed, composed.normalize('NFD'), 'cafe\u0301 fin', 'cafe fin')).toEqual([
      200, 200, 401,
    ]);
    expect(await statuses('\u2460\uff21', '1A', '1a')).toEqual([200, 401]);
  });

  it('do not end at a NUL', async () => {
    expect(await statuses('before\0after', 'before\0after', 'before', 'before\0other')).toEqual([
      200, 401, 401,
    ]);
  });

  it('are not trimmed, and case counts', async () => {
    expect(await statuses(' Pass word ', ' Pass word ', 'Pass word', ' pass word ')).toEqual([200, 401, 401]);
  });

  it('of no use: a stored hash that is empty, or none at all, opens nothing', async () => {
    for (const hash of ['', 'plain', '$2b$10$abcdefghijklmnopqrstuv', undefined as never]) {
      const identifier = `user-${++count}`;
      await app.users.add(identifier, 'x', { id: identifier, hash });
      for (const password of ['x', 'plain', 'undefined', '$2b$10$abcdefghijklmnopqrstuv']) {
        const { status } = await app.client().post('/auth/login', { json: { identifier, password } });
        expect(status).toBe(401);
      }
    }
  });

  it('are kept as argon2id, with the parameters in the hash', async () => {
    const hash = await app.app.get(PasswordHasher).hash('x');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=8192,t=1,p=1\$/);
    expect(hash.length).toBeLessThanOrEqual(255);
  });
});
