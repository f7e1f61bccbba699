// Every gate that sign-ins pass, and what ends a subject's former credentials.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FormerClaimStore } from 'nestjs-aerie/former-sign-ins';
import { type FormerApp, startFormerApp } from '../support/former-app.js';
import { PASSWORD, signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, type TestApp } from '../support/test-app.js';
import { SECOND, timePasses } from '../support/time-passes.js';
import { browserWith, liveOf, moved, setsSession, tableOf, told, who } from './places.js';

const NOBODY = 'AUTH_CREDENTIALS_MISSING';

describe.each(BELOW_THE_EDGE)('former sessions and the gates of sign-ins (%s)', (adapter) => {
  let former: FormerApp;
  let app: TestApp;
  let subjects = 100;
  /** A user of their own for each test. */
  let ada: string;
  beforeAll(async () => {
    former = await startFormerApp();
    app = (await moved(former, { adapter })).app;
  });
  beforeEach(async () => {
    ada = String(subjects++);
    await app.users.add(`ada-${ada}`, undefined, { id: ada });
    app.events.length = 0;
  });
  afterAll(async () => {
    await app.close();
    await former.close();
  });
  const seen = async (cookie: string) => who(await browserWith(app, cookie));

  it('opens nothing for a user who is disabled, nor after they are enabled again', async () => {
    const cookie = await former.signIn(ada);
    app.users.byId.get(ada)!.disabled = true;
    expect(await seen(cookie)).toBe(NOBODY);
    expect(told(app)).toEqual(['refused gone']);
    app.users.byId.get(ada)!.disabled = false;
    expect(await seen(cookie)).toBe(NOBODY);
    expect(await liveOf(app, ada)).toEqual([]);
  });

  it.each([
    ['a logout everywhere', (id: string) => app.authentication.endAllSignIns(id)],
    ['a change of the password', (id: string) => app.authentication.credentialsChanged(id)],
    ['disabling', (id: string) => app.authentication.userDisabled(id)],
    ['erasing', (id: string) => app.authentication.forgetSubject(id)],
  ])('refuses those that were not seen yet after %s', async (_, ends) => {
    const [one, other] = [await former.signIn(ada), await former.signIn(ada)];
    const browser = await browserWith(app, one);
    expect(await who(browser)).toBe(ada);
    await ends(ada);
    expect(await seen(one)).toBe(NOBODY);
    app.events.length = 0;
    expect(await seen(other)).toBe(NOBODY);
    // At once: no sign-in was opened, and ended again.
    expect(app.events).toMatchObject([{ type: 'former-sign-ins.refused', reason: 'ended' }]);
    // A later sign-in at the former application does not count either: here the password is needed.
    expect(await seen(await former.signIn(ada))).toBe(NOBODY);
    expect((await signIn(app, 'session', `ada-${ada}`)).id).toBeDefined();
  });

  it('refuses those of others after a logout of the other devices, and leaves the one that asked', async () => {
    const [one, other] = [await former.signIn(ada), await former.signIn(ada)];
    const browser = await browserWith(app, one);
    await who(browser);
    const json = { except_current: true };
    const headers = { 'sec-fetch-site': 'same-origin' };
    expect((await browser.post('/auth/logout-all', { json, headers })).status).toBe(204);
    expect(await who(browser)).toBe(ada);
    expect(await seen(other)).toBe(NOBODY);
  });

  it('accepts them after a change of roles', async () => {
    const cookie = await former.signIn(ada);
    await app.authentication.rolesChanged(ada);
    expect(await seen(cookie)).toBe(ada);
  });

  it('lets none outlive a logout everywhere that it races', async () => {
    for (let round = 0; round < 8; round++) {
      const cookies = await Promise.all(Array.from({ length: 4 }, () => former.signIn(ada)));
      const browsers = await Promise.all(cookies.map((cookie) => browserWith(app, cookie)));
      const looking = browsers.map((browser) => who(browser));
      await new Promise((turn) => setImmediate(turn));
      await app.authentication.endAllSignIns(ada);
      await Promise.all(looking);
      expect(await liveOf(app, ada)).toEqual([]);
      await app.source.query(`delete from ${tableOf(app, 'FormerSubject')}`);
    }
  });

  it('opens nothing for a subject that ends while it opens', async () => {
    const cookie = await former.signIn(ada);
    const { loadSubject } = app.users;
    app.users.loadSubject = async (id) => {
      app.users.loadSubject = loadSubject;
      const loaded = await loadSubject.call(app.users, id);
      await app.authentication.endAllSignIns(ada);
      return loaded;
    };
    expect(await seen(cookie)).toBe(NOBODY);
    expect(await liveOf(app, ada)).toEqual([]);
  });

  it('opens nothing beside a logout of the other devices that finds none yet', async () => {
    const cookie = await former.signIn(ada);
    const { id } = await signIn(app, 'session', `ada-${ada}`);
    const { loadSubject } = app.users;
    app.users.loadSubject = async (asked) => {
      app.users.loadSubject = loadSubject;
      const loaded = await loadSubject.call(app.users, asked);
      expect(await app.authentication.endOtherSignIns(ada, id)).toBe(0);
      return loaded;
    };
    // So that the logout finds that the subject has just changed, and changes nothing.
    await app.authentication.rolesChanged(ada);
    expect(await seen(cookie)).toBe(NOBODY);
    expect(await liveOf(app, ada)).toEqual([id]);
  });

  it('leaves no session after a logout between its claim and its sign-in', async () => {
    const cookie = await former.signIn(ada);
    const claims = app.app.get(FormerClaimStore);
    const { claim } = claims;
    claims.claim = async (given) => {
      claims.claim = claim;
      const standing = await claim(given);
      const headers = { 'sec-fetch-site': 'same-origin' };
      expect((await (await browserWith(app, cookie)).post('/auth/logout', { headers })).status).toBe(204);
      return standing;
    };
    expect(await seen(cookie)).toBe(NOBODY);
    expect(await liveOf(app, ada)).toEqual([]);
  });

  it('is 503 while a store or the directory cannot answer, and nothing is lost', async () => {
    const cookie = await former.signIn(ada);
    const browser = await browserWith(app, cookie);
    app.users.failure = new Error('the directory is away');
    expect((await browser.get('/auth/me')).status).toBe(503);
    app.users.failure = undefined;
    const { get } = former.store;
    former.store.get = (_id, answer) => answer(new Error('Redis is away'));
    expect((await browser.get('/auth/me')).status).toBe(503);
    former.store.get = get;
    const table = tableOf(app, 'FormerCredential');
    await app.source.query(`alter table ${table} rename to away`);
    expect((await browser.get('/auth/me')).status).toBe(503);
    await app.source.query(`alter table away rename to ${table}`);
    expect(await who(browser)).toBe(ada);
    expect(await liveOf(app, ada)).toHaveLength(1);
  });

  it('opens nothing beyond the limit of sign-ins, and is not lost by that', async () => {
    const other = await moved(former, {
      adapter,
      options: { maxSignInsPerSubject: 1, onSignInLimit: 'refuse' },
    });
    const { id, client } = await signIn(other.app, 'session');
    const cookie = await former.signIn('7');
    const answer = await (await other.browser(cookie)).get('/auth/me');
    expect([answer.status, setsSession(answer)]).toEqual([401, false]);
    expect(told(other.app)).toEqual(['refused limit']);
    const rows: unknown = await other.app.source.query(
      `select * from ${tableOf(other.app, 'FormerCredential')}`,
    );
    expect(rows).toEqual([]);
    expect(await liveOf(other.app)).toEqual([id]);
    await client.post('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
    expect(await who(await other.browser(cookie))).toBe('7');
    await other.app.close();
  });

  it('is spent by a login in the same browser, whose session it had opened ends', async () => {
    const cookie = await former.signIn(ada);
    const thief = app.client();
    await thief.get('/auth/me', { headers: { cookie: `connect.sid=${cookie}` } });
    const owner = await browserWith(app, cookie);
    const json = { identifier: `ada-${ada}`, password: PASSWORD, mode: 'session' };
    const headers = { 'sec-fetch-site': 'same-origin' };
    expect((await owner.post('/auth/login', { json, headers })).status).toBe(200);
    expect(await who(owner)).toBe(ada);
    expect(await who(thief)).toBe('AUTH_SESSION_INVALID');
    expect(await seen(cookie)).toBe(NOBODY);
    expect(await former.who(cookie)).toBe(ada);
  });

  it('is spent by a login that came before it was seen: the browser does not change its user later', async () => {
    const other = String(subjects++);
    await app.users.add(`bob-${other}`, undefined, { id: other });
    const cookie = await former.signIn(ada);
    const browser = await browserWith(app, cookie);
    const json = { identifier: `bob-${other}`, password: PASSWORD, mode: 'session' };
    await browser.post('/auth/login', { json, headers: { 'sec-fetch-site': 'same-origin' } });
    await timePasses(app, SECOND);
    expect(await seen(cookie)).toBe(NOBODY);
  });

  it('is spent by a login beside another one that was planted', async () => {
    const cookie = await former.signIn(ada);
    const thief = app.client();
    await thief.get('/auth/me', { headers: { cookie: `connect.sid=${cookie}` } });
    const json = { identifier: `ada-${ada}`, password: PASSWORD, mode: 'session' };
    const both = `connect.sid=${await former.signIn('somebody')}; connect.sid=${cookie}`;
    const headers = { 'sec-fetch-site': 'same-origin', cookie: both };
    expect((await app.client().post('/auth/login', { json, headers })).status).toBe(200);
    expect(await who(thief)).toBe('AUTH_SESSION_INVALID');
    expect(await seen(cookie)).toBe(NOBODY);
  });

  describe('a logout', () => {
    const headers = { 'sec-fetch-site': 'same-origin' };

    it('ends both: ours, and the former one in its store', async () => {
      const cookie = await former.signIn(ada);
      const browser = await browserWith(app, cookie);
      const copy = await browserWith(app, cookie);
      expect([await who(browser), await who(copy)]).toEqual([ada, ada]);
      expect((await browser.post('/auth/logout', { headers })).status).toBe(204);
      expect(await liveOf(app, ada)).toEqual([]);
      expect(await former.who(cookie)).toBeNull();
      expect(await who(browser)).toBe(NOBODY);
      expect(await seen(cookie)).toBe(NOBODY);
    });

    it('with the former cookie alone ends the session that it opened, and itself', async () => {
      const cookie = await former.signIn(ada);
      const browser = await browserWith(app, cookie);
      await who(browser);
      const bare = await browserWith(app, cookie);
      expect((await bare.post('/auth/logout', { headers })).status).toBe(204);
      expect(await who(browser)).toBe('AUTH_SESSION_INVALID');
      expect(await former.who(cookie)).toBeNull();
      const unseen = await former.signIn(ada);
      expect((await (await browserWith(app, unseen)).post('/auth/logout', { headers })).status).toBe(204);
      expect(await seen(unseen)).toBe(NOBODY);
    });

    it('ends what every cookie of the name holds: one that was planted does not keep the other alive', async () => {
      const cookie = await former.signIn(ada);
      const browser = await browserWith(app, cookie);
      await who(browser);
      const planted = await former.signIn('somebody');
      const both = `connect.sid=${planted}; connect.sid=${cookie}`;
      const answer = await app.client().post('/auth/logout', { headers: { ...headers, cookie: both } });
      expect(answer.status).toBe(204);
      expect(await who(browser)).toBe('AUTH_SESSION_INVALID');
      expect(await former.who(cookie)).toBeNull();
      expect(await seen(cookie)).toBe(NOBODY);
    });

    it('is refused to pages of other origins', async () => {
      const cookie = await former.signIn(ada);
      const bare = await browserWith(app, cookie);
      const answer = await bare.post('/auth/logout', { headers: { origin: 'https://evil.example' } });
      expect(answer.status).toBe(403);
      expect(await seen(cookie)).toBe(ada);
    });

    it('is 503 while the former store cannot answer, and ends it when it can', async () => {
      const cookie = await former.signIn(ada);
      const browser = await browserWith(app, cookie);
      await who(browser);
      const { destroy } = former.store;
      former.store.destroy = (_id, answer) => answer?.(new Error('Redis is away'));
      expect((await browser.post('/auth/logout', { headers })).status).toBe(503);
      former.store.destroy = destroy;
      expect((await browser.post('/auth/logout', { headers })).status).toBe(204);
      expect(await former.who(cookie)).toBeNull();
    });

    it('that races the first sight leaves no session', async () => {
      for (let round = 0; round < 10; round++) {
        const cookie = await former.signIn(ada);
        const [one, other] = [await browserWith(app, cookie), await browserWith(app, cookie)];
        const seeing = who(one);
        for (let turn = 0; turn < round; turn++) await new Promise((next) => setImmediate(next));
        expect((await other.post('/auth/logout', { headers })).status).toBe(204);
        await seeing;
        expect(await liveOf(app, ada)).toEqual([]);
      }
    });
  });
});
