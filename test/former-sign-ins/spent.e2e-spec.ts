// What a former session is worth once it has opened a session of ours: to its owner, and to a thief who has a copy.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type FormerApp, startFormerApp } from '../support/former-app.js';
import type { HttpClient } from '../support/http-client.js';
import { SESSION_COOKIE } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, type TestApp } from '../support/test-app.js';
import { HOUR, SECOND, timePasses } from '../support/time-passes.js';
import { until } from '../support/until.js';
import { browserWith, liveOf, moved, tableOf, told, who } from './places.js';

const NOBODY = 'AUTH_CREDENTIALS_MISSING';

describe.each(BELOW_THE_EDGE)('a former session that has been seen (%s)', (adapter) => {
  let former: FormerApp;
  let app: TestApp;
  beforeAll(async () => {
    former = await startFormerApp();
    app = (await moved(former, { adapter })).app;
  });
  afterEach(() => void (app.events.length = 0));
  afterAll(async () => {
    await app.close();
    await former.close();
  });

  const browser = (cookie: string) => browserWith(app, cookie);
  const tokenOf = (client: HttpClient) => client.cookie(SESSION_COOKIE);
  /** The browser sends both cookies, as it does with every request after the first. */
  async function moves(client: HttpClient): Promise<void> {
    expect([await who(client), await who(client)]).toEqual(['7', '7']);
    await until('the former session is spent', async () => {
      const [{ spent }] = (await app.source.query(
        `select count(*) as spent from ${tableOf(app, 'FormerCredential')} where spent_at is not null`,
      )) as [{ spent: number }];
      return spent > 0;
    });
  }
  const forgetAll = () => app.source.query(`delete from ${tableOf(app, 'FormerCredential')}`);
  afterEach(forgetAll);

  it('gives the same session to everybody for thirty seconds, a thief included', async () => {
    const cookie = await former.signIn('7');
    const [owner, thief] = [await browser(cookie), await browser(cookie)];
    await moves(owner);
    await timePasses(app, 25 * SECOND);
    expect(await who(thief)).toBe('7');
    expect(await tokenOf(thief)).toBe(await tokenOf(owner));
    expect(told(app)).toEqual(['accepted', 'repeated']);
  });

  it('is worth nothing afterwards, if its owner goes on with ours; and the owner does go on', async () => {
    const cookie = await former.signIn('7');
    const [owner, thief] = [await browser(cookie), await browser(cookie)];
    await moves(owner);
    await timePasses(app, 31 * SECOND);
    expect(await who(thief)).toBe(NOBODY);
    expect(told(app)).toEqual(['accepted', 'refused spent']);
    // Browsers themselves send it alone: ours is SameSite=Strict, and a link of another site leads here without it.
    expect(await who(owner)).toBe('7');
  });

  it('opens another session, if the answer to the first request was lost', async () => {
    const cookie = await former.signIn('7');
    const lost = await browser(cookie);
    await who(lost);
    const [before] = await liveOf(app);
    await timePasses(app, 31 * SECOND);
    const owner = await browser(cookie);
    expect(await who(owner)).toBe('7');
    expect(await liveOf(app)).not.toContain(before);
    // The lost one has no holder: it was never used.
    lost.jar.removeAllCookiesSync();
    expect(await tokenOf(owner)).toBeDefined();
  });

  it('ends the session of a thief who came first and hides, when the owner comes', async () => {
    const cookie = await former.signIn('7');
    const thief = app.client();
    const stolen = await thief.get('/auth/me', { headers: { cookie: `connect.sid=${cookie}` } });
    expect(stolen.status).toBe(200);
    // With ours alone: nothing shows that the owner has it.
    expect(await who(thief)).toBe('7');
    await timePasses(app, 31 * SECOND);
    const owner = await browser(cookie);
    await moves(owner);
    expect(await who(thief)).toBe('AUTH_SESSION_INVALID');
    await timePasses(app, 31 * SECOND);
    expect(await who(owner)).toBe('7');
  });

  it('is replaced three times, and no more', async () => {
    const cookie = await former.signIn('7');
    for (let tried = 0; tried < 4; tried++) {
      expect(await who(await browser(cookie))).toBe('7');
      await timePasses(app, 31 * SECOND);
    }
    expect(await who(await browser(cookie))).toBe(NOBODY);
  });

  it('opens one other session for requests that run in parallel then, too', async () => {
    const cookie = await former.signIn('7');
    await who(await browser(cookie));
    await timePasses(app, 31 * SECOND);
    const before = await liveOf(app);
    const clients = await Promise.all(Array.from({ length: 10 }, () => browser(cookie)));
    expect(await Promise.all(clients.map(who))).toEqual(clients.map(() => '7'));
    expect(new Set(await Promise.all(clients.map(tokenOf))).size).toBe(1);
    expect(await liveOf(app)).toHaveLength(before.length);
  });

  it('does not give a user the session of another one, where its id is used again', async () => {
    await app.users.add('bob', undefined, { id: '8' });
    const cookie = await former.signIn('7');
    await who(await browser(cookie));
    const id = /^s%3A([^.]+)\./.exec(cookie)![1]!;
    const session = await new Promise<any>((found) => former.store.get(id, (_, kept) => found(kept)));
    await new Promise((done) => former.store.set(id, { ...session, passport: { user: '8' } }, done));
    expect(await who(await browser(cookie))).toBe(NOBODY);
  });

  it('opens another session, if a process died after it had claimed the first', async () => {
    const cookie = await former.signIn('7');
    await who(await browser(cookie));
    await app.source.query(`delete from ${tableOf(app, 'Session')}`);
    expect(await who(await browser(cookie))).toBe('7');
    expect(await liveOf(app)).toHaveLength(1);
  });

  it('opens no other session once the first has ended, and its row is deleted', async () => {
    const cookie = await former.signIn('7');
    await who(await browser(cookie));
    for (const id of await liveOf(app)) await app.authentication.endSignIn('7', id);
    await timePasses(app, 13 * HOUR);
    expect((await app.authentication.sweep()).sessions).toBeGreaterThan(0);
    expect(await who(await browser(cookie))).toBe(NOBODY);
  });
});
