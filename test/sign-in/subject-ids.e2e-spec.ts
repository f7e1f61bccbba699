/** Ids as databases have them: text, numbers, bigints. What is none of them is named as the mistake that it is. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SubjectId } from 'nestjs-aerie';
import { LogTrap } from '../support/log-trap.js';
import { claimsOf, PASSWORD, refresh } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

/** As MongoDB's driver has it. */
class ObjectId {
  toHexString = () => '507f1f77bcf86cd799439011';
  toString = this.toHexString;
}

describe.each(BELOW_THE_EDGE)('the ids of subjects, on %s', (adapter) => {
  const log = new LogTrap();
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter, override: log.override });
    await app.users.add('ada', PASSWORD, { id: 'ada' });
  });
  afterAll(() => app.close());

  const login = (mode = 'tokens') =>
    app.client().post('/auth/login', { json: { identifier: 'ada', password: PASSWORD, mode } });

  /** Answers with these ids, for as long as `work` takes. */
  async function having<T>(found: unknown, loaded: unknown, work: () => Promise<T>): Promise<T> {
    Object.assign(app.users, {
      findSubject: async () => found,
      verifyPassword: async () => true,
      loadSubject: async () => ({ id: loaded }),
    });
    try {
      return await work();
    } finally {
      for (const name of ['findSubject', 'verifyPassword', 'loadSubject'])
        Reflect.deleteProperty(app.users, name);
    }
  }

  it.each<[SubjectId, string]>([
    [42, '42'],
    [-1, '-1'],
    [9_007_199_254_740_991, '9007199254740991'],
    [18_446_744_073_709_551_615n, '18446744073709551615'],
    ['42', '42'],
  ])('%p is taken, as text', async (id, text) => {
    await having(id, id, async () => {
      const { status, body } = await login();
      expect(status).toBe(200);
      expect(claimsOf(body.access_token)['sub']).toBe(text);
      expect(body.user.id).toBe(text);
      expect((await app.client().get('/auth/me', { bearer: body.access_token })).body.user.id).toBe(text);
      expect((await refresh(app, body.refresh_token)).status).toBe(200);
      expect(await app.authentication.listSignIns(id)).toHaveLength(1);
      expect(await app.authentication.endAllSignIns(id)).toBe(1);
    });
  });

  it.each<[string, unknown, string]>([
    ['an ObjectId', new ObjectId(), 'an ObjectId: call toHexString()'],
    ['a number that is not exact', 9_007_199_254_740_992, 'a number that is no safe integer'],
    ['NaN', Number.NaN, 'a number that is no safe integer'],
    ['a user', { id: 'ada', email: 'ada@example.com' }, 'an object: use its id'],
    ['true', true, 'a boolean'],
    ['nothing in it', '', 'an empty string'],
  ])('that are %s are a mistake of the program: 500, and the log names it', async (_what, wrong, named) => {
    log.lines.length = 0;
    const found = await having(wrong, 'ada', () => login());
    expect([found.status, found.headers.get('retry-after'), found.setCookies]).toEqual([500, null, []]);
    expect(log.lines.join('\n')).toContain(`findSubject must return`);
    expect(log.lines.join('\n')).toContain(named);
    log.lines.length = 0;
    const loaded = await having('ada', wrong, () => login('session'));
    expect([loaded.status, loaded.headers.get('retry-after'), loaded.setCookies]).toEqual([500, null, []]);
    expect(log.lines.join('\n')).toContain('loadSubject must return');
    expect(log.lines.join('\n')).toContain(named);
    expect(log.lines.join('\n')).not.toContain('ada@example.com');
    expect((await login()).status).toBe(200);
  });

  it('leave a refresh as it was when they turn wrong: the token is still good', async () => {
    const { body } = await login();
    const refused = await having('ada', new ObjectId(), () => refresh(app, body.refresh_token));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([500, null]);
    expect((await refresh(app, body.refresh_token)).status).toBe(200);
  });

  it.each(['client:billing', 'Client:billing', 'client:'])(
    'that look like a client’s are refused: %p',
    async (id) => {
      log.lines.length = 0;
      const { status, setCookies } = await having(id, id, () => login('session'));
      expect([status, setCookies]).toEqual([500, []]);
      expect(log.lines.join('\n')).toContain('begins with "client:"');
      const opening = having(id, id, () => app.authentication.signIn(id));
      await expect(opening).rejects.toThrow('begins with "client:"');
      expect(await app.authentication.listSignIns(id)).toEqual([]);
    },
  );

  it('are asked for three times in a login at most', async () => {
    for (const mode of ['session', 'tokens', 'hybrid']) {
      app.users.calls.length = 0;
      expect((await login(mode)).status).toBe(200);
      expect(app.users.calls).toEqual(['findSubject', 'verifyPassword', 'loadSubject']);
    }
    app.users.calls.length = 0;
    await app.client().post('/auth/login', { json: { identifier: 'nobody', password: PASSWORD } });
    expect(app.users.calls.length).toBeLessThanOrEqual(3);
  });
});
