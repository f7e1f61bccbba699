import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refresh, REFRESH_COOKIE, SESSION_COOKIE, signIn } from '../support/sign-ins.js';
import { StatementLog } from '../support/statement-log.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';

const PREFIX = 'rt1_';
const SPAN = { family: [0, 16], generation: [16, 20], secret: [20, 52], tag: [52, 68] } as const;

describe.each(ADAPTERS)('a refresh token that we did not make costs no query, on %s', (adapter) => {
  const log = new StatementLog();
  let app: TestApp;
  let good: string;
  let access: string;
  let session: string;
  beforeAll(async () => {
    app = await startTestApp({ adapter, connection: log.connection() });
    await app.users.add('ada');
    const tokens = await signIn(app, 'tokens');
    good = tokens.body.refresh_token;
    access = tokens.body.access_token;
    session = (await (await signIn(app, 'session')).client.cookie(SESSION_COOKIE))!;
  });
  afterAll(() => app.close());

  async function expectNoQuery(token: unknown, status: number): Promise<void> {
    app.users.calls.length = 0;
    let answer: Awaited<ReturnType<typeof refresh>> | undefined;
    const sent = await log.count(async () => {
      answer = await refresh(app, token);
    });
    expect([answer!.status, answer!.body.code]).toEqual([
      status,
      status === 400 ? 'AUTH_REQUEST_INVALID' : 'AUTH_REFRESH_TOKEN_INVALID',
    ]);
    expect(answer!.headers.get('cache-control')).toBe('no-store');
    expect(sent).toBe(0);
    expect(app.users.calls).toEqual([]);
  }

  const bytes = () => Buffer.from(good.slice(PREFIX.length), 'base64url');
  const encoded = (raw: Buffer) => PREFIX + raw.toString('base64url');

  it.each(Object.entries(SPAN))('any bit of its %s flipped', async (_name, [from, to]) => {
    for (let at = from; at < to; at += 3) {
      const raw = bytes();
      raw[at]! ^= 1 << (at % 8);
      await expectNoQuery(encoded(raw), 401);
    }
  });

  it('the id of another family, the generation of another token, a tag of chance', async () => {
    const swap = (change: (raw: Buffer) => void) => {
      const raw = bytes();
      change(raw);
      return encoded(raw);
    };
    const other = (await signIn(app, 'tokens')).body.refresh_token as string;
    const foreign = Buffer.from(other.slice(PREFIX.length), 'base64url');
    await expectNoQuery(
      swap((raw) => foreign.copy(raw, 0, 0, 16)),
      401,
    );
    await expectNoQuery(
      swap((raw) => raw.writeUInt32BE(1, 16)),
      401,
    );
    await expectNoQuery(
      swap((raw) => randomBytes(16).copy(raw, 52)),
      401,
    );
    await expectNoQuery(encoded(randomBytes(68)), 401);
  });

  it('any character that is of another alphabet', async () => {
    for (const char of ['=', '+', '/', '.', ' ', '\n', '\0', 'é', '%', '~', '\u2028']) {
      await expectNoQuery(good.slice(0, 20) + char + good.slice(21), 401);
      await expectNoQuery(good.slice(0, -1) + char, 401);
    }
  });

  it('trailing bits that are not canonical', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(good.at(-1)!);
    for (let bits = 1; bits < 4; bits++) {
      const same = good.slice(0, -1) + alphabet[(last & ~3) | ((last + bits) & 3)];
      if (same === good) continue;
      expect(Buffer.from(same.slice(4), 'base64url')).toEqual(bytes());
      await expectNoQuery(same, 401);
    }
  });

  it('another length, another prefix, something around it', async () => {
    const body = good.slice(PREFIX.length);
    for (const token of [
      good.slice(0, -1),
      `${good}A`,
      `${good}=`,
      ` ${good}`,
      `${good} `,
      `"${good}"`,
      body,
      `rt2_${body}`,
      `RT1_${body}`,
      `s2_${body}`,
      `rt1-${body}`,
      PREFIX,
      good + good,
      `Bearer ${good}`,
    ]) {
      await expectNoQuery(token, 401);
    }
  });

  it('a credential of another kind', async () => {
    await expectNoQuery(session, 401);
    await expectNoQuery(randomUUID(), 401);
    // Longer than any refresh token may be written.
    await expectNoQuery(access, access.length > 512 ? 400 : 401);
  });

  it('anything but a text', async () => {
    for (const value of [[good], { 0: good }, { toString: good }, 1, true, false, null, '', [], {}]) {
      await expectNoQuery(value, 400);
    }
  });

  it('a text of any size', async () => {
    await expectNoQuery('A'.repeat(512), 401);
    await expectNoQuery('A'.repeat(513), 400);
    await expectNoQuery(PREFIX + 'A'.repeat(1_048_576), 400);
  });

  it('in a body that has more than a token in it', async () => {
    for (const json of [
      { refresh_token: good, extra: 1 },
      { refresh_token: good, grant_type: 'refresh_token' },
      { Refresh_Token: good },
      [{ refresh_token: good }],
    ]) {
      const sent = await log.count(async () => {
        expect((await app.client().post('/auth/refresh', { json })).status).toBe(400);
      });
      expect(sent).toBe(0);
    }
  });

  it('in a cookie', async () => {
    for (const value of [
      '',
      'x',
      `${good}A`,
      `"${good}"`,
      session,
      good.slice(0, -1),
      `rt1_${'A'.repeat(91)}`,
    ]) {
      const sent = await log.count(async () => {
        const headers = { cookie: `${REFRESH_COOKIE}=${value}` };
        const answer = await app.client().post('/auth/refresh', { headers });
        expect([answer.status, answer.setCookies]).toEqual([401, []]);
      });
      expect(sent).toBe(0);
    }
  });

  it('and after all that, the token itself is as good as before', async () => {
    expect((await refresh(app, good)).status).toBe(200);
  });
});
