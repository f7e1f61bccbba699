import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Session } from 'nestjs-aerie/typeorm';
import { AuthStores } from 'nestjs-aerie/stores';
import { SESSION_COOKIE, signIn } from '../support/sign-ins.js';
import { StatementLog } from '../support/statement-log.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { HOUR, MINUTE, SECOND, timePasses } from '../support/time-passes.js';
// Not public: what waits for activity that is still being written.
import { SessionActivity } from '../../libs/auth/src/sessions/session-activity.js';

describe.each(BELOW_THE_EDGE)('the limits of a session, on %s', (adapter) => {
  const log = new StatementLog();
  let app: TestApp;
  beforeAll(async () => {
    // Rows are aged here by hand: what a process remembers of them does not age with them.
    app = await startTestApp({
      adapter,
      connection: log.connection(),
      options: { sessions: { cacheSize: 0 } },
    });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  const rowOf = (id: string) => app.source.getRepository(Session).findOneByOrFail({ id });
  const written = () => app.app.get(SessionActivity, { strict: false }).flush();

  it('are told at sign-in', async () => {
    const { body, id } = await signIn(app, 'session');
    const row = await rowOf(id);
    expect(Date.parse(body.sign_in.expires_at)).toBe(row.expiresAt);
    expect(Date.parse(body.sign_in.idle_expires_at)).toBe(row.idleExpiresAt);
    expect(row.expiresAt - row.createdAt).toBe(12 * HOUR);
    expect(body.sign_in.id).toBe(id);
  });

  it('end it after half an hour without a request, give or take the touch interval', async () => {
    const { client, id } = await signIn(app, 'session');
    await timePasses(app, 30 * MINUTE - SECOND);
    expect((await client.get('/auth/me')).status).toBe(200);
    await written();
    await timePasses(app, 31 * MINUTE);
    const before = await rowOf(id);
    const { status, body, setCookies } = await client.get('/auth/me');
    expect([status, body.code, setCookies]).toEqual([401, 'AUTH_SESSION_EXPIRED', []]);
    await written();
    expect(await rowOf(id)).toEqual(before);
    expect((await client.get('/auth/me')).status).toBe(401);
  });

  it('end it after twelve hours, under constant activity', async () => {
    const { client, id } = await signIn(app, 'session');
    const statuses: number[] = [];
    for (let minutes = 0; minutes < 12 * 60; minutes += 24) {
      statuses.push((await client.get('/auth/me')).status);
      await written();
      await timePasses(app, 24 * MINUTE);
      expect((await rowOf(id)).idleExpiresAt).toBeLessThanOrEqual((await rowOf(id)).expiresAt);
    }
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await client.get('/auth/me')).body.code).toBe('AUTH_SESSION_EXPIRED');
  });

  it('move with activity: the idle one alone', async () => {
    const { client, id } = await signIn(app, 'session');
    await timePasses(app, 10 * MINUTE);
    const before = await rowOf(id);
    await client.get('/auth/me');
    await written();
    const after = await rowOf(id);
    expect(after.expiresAt).toBe(before.expiresAt);
    expect(after.seenAt - before.seenAt).toBeGreaterThanOrEqual(10 * MINUTE);
    expect(after.idleExpiresAt - after.seenAt).toBe(31 * MINUTE);
  });

  it('are written at most once a minute: a request in between reads, and writes nothing', async () => {
    const { client, id } = await signIn(app, 'session');
    const before = await rowOf(id);
    expect(await log.count(() => client.get('/auth/me'))).toBe(1);
    await written();
    expect(await rowOf(id)).toEqual(before);
    await timePasses(app, MINUTE + SECOND);
    const writes = async () => {
      const from = log.statements.length;
      await Promise.all(Array.from({ length: 8 }, () => client.get('/auth/me')));
      await written();
      return log.statements.slice(from).filter(({ query }) => /^\s*update/i.test(query)).length;
    };
    expect(await writes()).toBe(1);
    expect(await writes()).toBe(0);
  });

  it('do not move for a request that is refused', async () => {
    const { client, id } = await signIn(app, 'session');
    await timePasses(app, 5 * MINUTE);
    const before = await rowOf(id);
    const token = (await client.cookie(SESSION_COOKIE))!;
    const wrong = Buffer.from(token.slice(3), 'base64url');
    wrong[40]! ^= 1;
    const cookie = `${SESSION_COOKIE}=s2_${wrong.toString('base64url')}`;
    expect((await app.client().get('/auth/me', { headers: { cookie } })).status).toBe(401);
    const headers = { origin: 'https://evil.example' };
    expect((await client.post('/auth/logout-all', { headers })).status).toBe(403);
    await written();
    expect(await rowOf(id)).toEqual(before);
  });

  it('are not moved by an activity that was noted before the session ended', async () => {
    const { sessions } = app.app.get(AuthStores, { strict: false });
    const { client, id } = await signIn(app, 'session');
    await app.authentication.endSignIn('user-1', id);
    const ended = await rowOf(id);
    await sessions.touch(id, Date.now() + MINUTE, Date.now() + HOUR);
    expect(await rowOf(id)).toEqual(ended);
    const idle = await signIn(app, 'session');
    await timePasses(app, 32 * MINUTE);
    const before = await rowOf(idle.id);
    await sessions.touch(idle.id, Date.now(), Date.now() + HOUR);
    expect(await rowOf(idle.id)).toEqual(before);
    expect((await client.get('/auth/me')).status).toBe(401);
    expect((await idle.client.get('/auth/me')).status).toBe(401);
  });

  it('do not go backwards by an activity that was written late', async () => {
    const { sessions } = app.app.get(AuthStores, { strict: false });
    const { id } = await signIn(app, 'session');
    const before = await rowOf(id);
    await sessions.touch(id, before.seenAt - MINUTE, before.idleExpiresAt - MINUTE);
    expect(await rowOf(id)).toEqual(before);
  });

  it('hold at logout and for the list too: an idle session is listed no more', async () => {
    const { id } = await signIn(app, 'session');
    await timePasses(app, 32 * MINUTE);
    const listed = await app.authentication.listSignIns('user-1');
    expect(listed.map((record) => record.id)).not.toContain(id);
    await expect(app.authentication.endSignIn('user-1', id)).rejects.toMatchObject({
      code: 'AUTH_SIGN_IN_NOT_FOUND',
    });
  });

  it('are as the application says', async () => {
    const options = { sessions: { idle: '1m', absolute: '5m', touchInterval: '0s', cacheSize: 0 } } as const;
    const short = await startTestApp({ adapter, options });
    await short.users.add('ada');
    const { client } = await signIn(short, 'session');
    await timePasses(short, 59 * SECOND);
    expect((await client.get('/auth/me')).status).toBe(200);
    await short.app.get(SessionActivity, { strict: false }).flush();
    await timePasses(short, 61 * SECOND);
    expect((await client.get('/auth/me')).body.code).toBe('AUTH_SESSION_EXPIRED');
    await short.close();
  });
});
