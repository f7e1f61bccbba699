// The examples of GraphQL: subscriptions, and their connections, end with the sign-in.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { LiveSignIns } from 'nestjs-aerie';
import { News } from '../../examples/graphql/news.js';
import { Clock } from '../../libs/auth/src/time/clock.js';
import { cookieOf, tokenOf } from '../nest-integration/credentials.js';
import { ISSUER, startTestApp, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';
import { MINUTE } from '../support/time-passes.js';
import { until } from '../support/until.js';
import { EXAMPLES } from './examples.js';
import { type Heard, subscribe, type SubscriptionClient, subscriptionClient } from './subscription-client.js';

describe.each(EXAMPLES)('a subscription with $name', ({ adapter, module }) => {
  let app: TestApp;
  let live: LiveSignIns;
  let subject: string;
  let token: string;
  const clock = new TestClock();
  const clients: SubscriptionClient['client'][] = [];
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      imports: [module],
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
    });
    live = app.app.get(LiveSignIns);
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.dispose()));
    await until('nothing is left', () => live.size === 0 && listeners().length === 0);
  });
  afterAll(() => app.close());

  const news = () => app.app.get(News, { strict: false });
  const publish = (text: string) => news().publish(text);
  const listeners = () => news().events.listeners('news');
  let people = 0;
  const newPerson = async () => {
    await app.users.add(`person-${(people += 1)}`);
    subject = `user-${people}`;
    token = await tokenOf(app, subject);
  };

  const open = (params: () => Record<string, unknown>, headers: Record<string, string> = {}) => {
    const opened = subscriptionClient(app.url, params, headers);
    clients.push(opened.client);
    return opened;
  };
  const withToken = () => open(() => ({ authorization: `Bearer ${token}` }));

  /** Subscribes, and comes back when the subscription runs. */
  const running = async (opened: SubscriptionClient, query = 'subscription { news }'): Promise<Heard> => {
    const before = listeners().length;
    const heard = subscribe(opened, query);
    await until('it runs', () => listeners().length > before);
    return heard;
  };
  const signedOut = (code: string) => [
    expect.objectContaining({ message: expect.any(String), extensions: { code, statusCode: 401 } }),
  ];

  it('passes news on, and ends with an error that has the code when the sign-in ends', async () => {
    await newPerson();
    const opened = withToken();
    const heard = await running(opened);
    const about = await running(opened, 'subscription { newsAbout(word: "b") }');
    for (const text of ['a', 'b']) publish(text);
    await until('both are heard', () => heard.texts.length === 2 && about.texts.length === 1);
    const began = performance.now();
    await app.authentication.endAllSignIns(subject);
    expect(await heard.ended).toEqual(signedOut('AUTH_ACCESS_TOKEN_REVOKED'));
    expect(await about.ended).toEqual(signedOut('AUTH_ACCESS_TOKEN_REVOKED'));
    await opened.closed;
    console.log(`logout to closed connection: ${(performance.now() - began).toFixed(0)} ms`);
    expect(opened.closes).toEqual([{ code: 4401, reason: 'AUTH_ACCESS_TOKEN_REVOKED' }]);
    publish('c');
    expect([heard.texts, about.texts]).toEqual([['a', 'b'], ['b']]);
  });

  it('ends with its session, and with no other one', async () => {
    await newPerson();
    const cookies = [await cookieOf(app, subject), await cookieOf(app, subject)];
    const [mine, other] = cookies.map((cookie) => open(() => ({}), { cookie, origin: ISSUER }));
    const heard = await running(mine!);
    const goesOn = await running(other!);
    await app.client().post('/auth/logout', { headers: { cookie: cookies[0]!, origin: ISSUER }, json: {} });
    expect(await heard.ended).toEqual(signedOut('AUTH_SESSION_INVALID'));
    await mine!.closed;
    expect(mine!.closes).toEqual([{ code: 4401, reason: 'AUTH_SESSION_INVALID' }]);
    publish('a');
    await until('it is heard', () => goesOn.texts.length === 1);
    expect(other!.closes).toEqual([]);
    goesOn.stop();
  });

  it.each([
    [
      'roles have changed',
      'AUTH_ACCESS_TOKEN_STALE',
      async () => {
        await app.authentication.rolesChanged(subject);
      },
    ],
    ['the token has expired', 'AUTH_ACCESS_TOKEN_EXPIRED', async () => clock.pass(16 * MINUTE)],
  ])('when %s its client comes back with a new token by itself', async (_what, code, happens) => {
    await newPerson();
    const opened = withToken();
    const heard = await running(opened);
    const listener = listeners()[0];
    await happens();
    token = await tokenOf(app, subject);
    await until('it subscribes again', () => {
      const [now, ...more] = listeners();
      return now !== undefined && now !== listener && more.length === 0;
    });
    expect(opened.closes).toEqual([{ code: 4403, reason: code }]);
    expect(opened.connections).toBe(2);
    publish('a');
    await until('it is heard', () => heard.texts.length === 1);
    expect(heard.texts).toEqual(['a']);
    heard.stop();
    expect(await heard.ended).toBeNull();
  });

  it('is watched until its client completes it, and its connection goes on', async () => {
    await newPerson();
    const opened = withToken();
    const [heard, other] = [await running(opened), await running(opened)];
    expect(live.size).toBe(1);
    heard.stop();
    await until('one is left', () => listeners().length === 1);
    expect(live.size).toBe(1);
    other.stop();
    await until('nothing is watched', () => live.size === 0);
  });

  it('is watched until its client disappears', async () => {
    await newPerson();
    const opened = withToken();
    await running(opened);
    expect(live.size).toBe(1);
    opened.client.terminate();
    await opened.client.dispose();
    await until('nothing is watched', () => live.size === 0);
  });

  it('of nobody ends with nobody', async () => {
    await newPerson();
    const opened = open(() => ({}));
    const heard = await running(opened, 'subscription { headlines }');
    expect(live.size).toBe(0);
    await app.authentication.endAllSignIns(subject);
    publish('a');
    await until('it is heard', () => heard.texts.length === 1);
    expect(opened.closes).toEqual([]);
    heard.stop();
  });

  it('is refused when its sign-in has ended before', async () => {
    await newPerson();
    await app.authentication.endAllSignIns(subject);
    // Apollo answers with a result and completes, Mercurius with an error.
    const heard = subscribe(withToken(), 'subscription { news }');
    const ended = await heard.ended;
    expect([...heard.texts, ended]).toContainEqual(signedOut('AUTH_ACCESS_TOKEN_REVOKED'));
  });
});
