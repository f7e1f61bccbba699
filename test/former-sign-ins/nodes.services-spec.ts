// Two nodes on one database, of both frameworks, and the real connect-redis on Redis: what a former session opens, once.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RedisStore } from 'connect-redis';
import { randomUUID } from 'node:crypto';
import { expressSession, formerSignIns, refreshJwt } from 'nestjs-aerie/former-sign-ins';
import { createClient } from 'redis';
import { FORMER_SECRET, type FormerApp, startFormerApp } from '../support/former-app.js';
import { FormerTokenUsers, JWT_SECRET } from '../support/former-tokens.js';
import { refresh, refreshed, SESSION_COOKIE } from '../support/sign-ins.js';
import { SECRET, startTestApp, type TestApp } from '../support/test-app.js';
import { freshPrefix, testConnection } from '../support/test-databases.js';
import { dropTables } from '../support/test-stores.js';
import { until } from '../support/until.js';
import { browserWith, inDays, liveOf, who } from './places.js';

const NOBODY = 'AUTH_CREDENTIALS_MISSING';
const NEXT_SECRET = 'the next secret of the nodes, of thirty-two bytes';

describe.each(['postgres', 'mariadb'] as const)('former sign-ins on two nodes, on %s', (database) => {
  const redis = createClient({ url: 'redis://127.0.0.1:6379' });
  const prefix = `${randomUUID()}:`;
  const tokens = new FormerTokenUsers();
  let former: FormerApp;
  let nodes: readonly [TestApp, TestApp];
  let subjects = 100;
  let ada: string;
  beforeAll(async () => {
    await redis.connect();
    former = await startFormerApp(new RedisStore({ client: redis, prefix }));
    const connection = testConnection(database, freshPrefix());
    const start = (adapter: 'express' | 'fastify', secret: string[]) =>
      startTestApp({
        adapter,
        connection,
        options: {
          secret,
          features: [
            formerSignIns({
              accept: [
                expressSession({ store: former.store, secret: FORMER_SECRET }),
                refreshJwt({ secret: JWT_SECRET, isCurrent: tokens.isCurrent }),
              ],
              until: inDays(30),
            }),
          ],
        },
      });
    // One after the other: the first makes the tables. They are at different points of exchanging their secret.
    nodes = [await start('express', [SECRET, NEXT_SECRET]), await start('fastify', [NEXT_SECRET, SECRET])];
  }, 60_000);
  beforeEach(async () => {
    ada = String(subjects++);
    for (const node of nodes) await node.users.add(`ada-${ada}`, undefined, { id: ada });
  });
  afterAll(async () => {
    await dropTables(nodes[0].source);
    for (const node of nodes) await node.close();
    await former.close();
    for await (const keys of redis.scanIterator({ MATCH: `${prefix}*` }))
      if (keys.length > 0) await redis.del(keys);
    redis.destroy();
  });

  const seen = async (node: TestApp, cookie: string) => who(await browserWith(node, cookie));
  /** Half a minute and a little more. */
  const pass = () =>
    nodes[0].source
      .getRepository('FormerCredential')
      .createQueryBuilder()
      .update()
      .set({ openedAt: () => 'opened_at - 31000' })
      .execute();
  const bySession = (node: TestApp, token: string) =>
    node.client().get('/auth/me', { headers: { cookie: `${SESSION_COOKIE}=${token}` } });

  it('open one session, however many requests come to both at once', async () => {
    for (let round = 0; round < 5; round++) {
      const user = String(subjects++);
      for (const node of nodes) await node.users.add(`ada-${user}`, undefined, { id: user });
      const cookie = await former.signIn(user);
      const browsers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => browserWith(nodes[index % 2]!, cookie)),
      );
      expect(await Promise.all(browsers.map(who))).toEqual(browsers.map(() => user));
      const [token, ...others] = await Promise.all(browsers.map((browser) => browser.cookie(SESSION_COOKIE)));
      const secrets = new Set([token, ...others].map((one) => one!.slice(3, 60)));
      expect(secrets.size).toBe(1);
      expect(await liveOf(nodes[0], user)).toHaveLength(1);
      for (const node of nodes) expect((await bySession(node, token!)).status).toBe(200);
      expect(await former.who(cookie)).toBe(user);
    }
  });

  it('exchange one refresh token for the same one, on both', async () => {
    const token = tokens.issue(ada);
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, index) => refreshed(nodes[index % 2]!, token)),
    );
    expect(new Set(all.map(({ refresh_token }) => refresh_token)).size).toBe(1);
    expect(await liveOf(nodes[0], ada)).toHaveLength(1);
    await refreshed(nodes[1], all[0].refresh_token);
  });

  it('give a thief on the other node what the owner has, for thirty seconds; afterwards nothing', async () => {
    const cookie = await former.signIn(ada);
    const owner = await browserWith(nodes[0], cookie);
    expect([await who(owner), await who(owner)]).toEqual([ada, ada]);
    expect(await seen(nodes[1], cookie)).toBe(ada);
    expect(await liveOf(nodes[0], ada)).toHaveLength(1);
    await until('the owner has shown that the session came', async () =>
      (await nodes[0].source.getRepository('FormerCredential').find()).some(
        ({ spentAt }) => spentAt !== null,
      ),
    );
    await pass();
    for (const node of nodes) expect(await seen(node, cookie)).toBe(NOBODY);
    expect(await who(owner)).toBe(ada);
  });

  it('end what a thief opened on one node and hides, once the owner comes to the other one', async () => {
    const cookie = await former.signIn(ada);
    const thief = await browserWith(nodes[0], cookie);
    await who(thief);
    const stolen = (await thief.cookie(SESSION_COOKIE))!;
    await pass();
    expect(await seen(nodes[1], cookie)).toBe(ada);
    await until(
      'it has ended on the node of the thief',
      async () => (await bySession(nodes[0], stolen)).status === 401,
    );
    expect(await liveOf(nodes[0], ada)).toHaveLength(1);
  });

  it('end a family whose former token comes again later, on the other node', async () => {
    const token = tokens.issue(ada);
    const { refresh_token } = await refreshed(nodes[0], token);
    await pass();
    expect((await refresh(nodes[1], token)).status).toBe(401);
    expect((await refresh(nodes[0], refresh_token)).status).toBe(401);
  });

  it('refuse on one what a logout ended on the other, and Redis has it no more', async () => {
    const cookie = await former.signIn(ada);
    const browser = await browserWith(nodes[0], cookie);
    await who(browser);
    const headers = { 'sec-fetch-site': 'same-origin' };
    expect((await browser.post('/auth/logout', { headers })).status).toBe(204);
    expect(await seen(nodes[1], cookie)).toBe(NOBODY);
    const id = /^s%3A([^.]+)\./.exec(cookie)![1]!;
    expect(await redis.exists(`${prefix}${id}`)).toBe(0);
  });

  it('refuse on one what was not seen when the password changed on the other', async () => {
    const [cookie, token] = [await former.signIn(ada), tokens.issue(ada)];
    await nodes[0].authentication.credentialsChanged(ada);
    expect(await seen(nodes[1], cookie)).toBe(NOBODY);
    expect((await refresh(nodes[1], token)).status).toBe(401);
    expect(await former.who(cookie)).toBe(ada);
  });

  it('leave no session after a logout everywhere that races the first sight on the other', async () => {
    for (let round = 0; round < 10; round++) {
      const user = String(subjects++);
      for (const node of nodes) await node.users.add(`ada-${user}`, undefined, { id: user });
      const cookies = await Promise.all(Array.from({ length: 4 }, () => former.signIn(user)));
      const looking = cookies.map((cookie) => seen(nodes[1], cookie));
      await new Promise((passed) => setTimeout(passed, round));
      await nodes[0].authentication.endAllSignIns(user);
      await Promise.all(looking);
      expect(await liveOf(nodes[0], user)).toEqual([]);
    }
  });

  it('answer 503 while Redis is away, and no user is signed out by that', async () => {
    const cookie = await former.signIn(ada);
    const away = createClient({ url: 'redis://127.0.0.1:6379' });
    const store = new RedisStore({ client: away, prefix });
    const { get } = former.store;
    former.store.get = (id, answer) => void store.get(id, answer as never);
    const browser = await browserWith(nodes[0], cookie);
    expect((await browser.get('/auth/me')).status).toBe(503);
    former.store.get = get;
    expect(await who(browser)).toBe(ada);
  });
});
