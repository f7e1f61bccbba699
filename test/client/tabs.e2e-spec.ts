/** Tabs of one browser: one renewal for all, one user in all, and what a sign-out means to each. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AuthClient } from 'nestjs-aerie/client';
import { ADAPTERS } from '../support/test-app.js';
import { until } from '../support/until.js';
import { asked, type ClientApp, signIn, startClientApp } from './client-app.js';
import { FakeBrowser, type Message } from './fake-browser.js';

const MINUTE = 60_000;

describe.each(ADAPTERS)('tabs on %s', (adapter) => {
  let server: ClientApp;
  let browser: FakeBrowser;
  beforeAll(async () => void (server = await startClientApp({ adapter })));
  afterAll(() => server.app.close());
  beforeEach(() => void (browser = new FakeBrowser(server.app.url)));
  afterEach(() => browser.close());

  /** Tabs that all know the user. */
  async function tabs(
    count: number,
    mode: 'session' | 'hybrid' = 'hybrid',
    without = {},
  ): Promise<AuthClient[]> {
    const all = Array.from({ length: count }, () => browser.tab({ mode }, without));
    await signIn(all[0]!);
    await until('all know', () => all.every(({ user }) => user));
    return all;
  }
  const reuses = () => server.app.events.filter(({ type }) => type === 'reuse_detected').length;

  it.each([
    ['with Web Locks', {}],
    ['without', { locks: undefined }],
  ])('renew once for all, %s', async (_, without) => {
    const all = await tabs(8, 'hybrid', without);
    server.clock.pass(16 * MINUTE);
    const users = await browser.passing(Promise.all(all.flatMap((tab) => [asked(tab), asked(tab)])));
    expect(new Set(users)).toEqual(new Set([all[0]!.user!.id]));
    expect(browser.countOf('POST /auth/refresh')).toBe(1);
  });

  it('that open at once renew once', async () => {
    await signIn(browser.tab());
    browser.close();
    const opened = Array.from({ length: 8 }, () => browser.tab());
    const users = await Promise.all(opened.map((tab) => tab.restore()));
    expect(new Set(users.map((user) => user?.id))).toEqual(new Set([opened[0]!.user!.id]));
    expect(browser.countOf('POST /auth/refresh')).toBe(1);
  });

  it('that open beside another one get its token, and ask no server', async () => {
    const [first] = await tabs(1);
    const opened = browser.tab();
    await until('it knows', () => Boolean(opened.user));
    expect(await asked(opened)).toBe(first!.user!.id);
    expect(browser.countOf('POST /auth/refresh')).toBe(0);
  });

  it('go on when a frozen tab has the lock', async () => {
    const all = await tabs(4);
    const thaw = browser.locks.freeze(browser.locks.names[0]!);
    server.clock.pass(16 * MINUTE);
    const users = await browser.passing(Promise.all(all.map((tab) => asked(tab))));
    expect(new Set(users)).toEqual(new Set([all[0]!.user!.id]));
    // Each by itself; the server gave all of them the same successor.
    expect(browser.countOf('POST /auth/refresh')).toBeGreaterThan(0);
    thaw();
    await all[1]!.refresh();
    expect(await asked(all[2]!)).toBe(all[0]!.user!.id);
    expect(reuses()).toBe(0);
  });

  it('go on when a tab was closed in the middle of a refresh', async () => {
    const [closed, other] = await tabs(2);
    let sent = 0;
    browser.network.after = () => {
      if (sent++ > 0) return;
      // Its answer came, and nobody was there: no cookie is kept.
      closed!.close();
      throw new TypeError('closed');
    };
    server.clock.pass(16 * MINUTE);
    await closed!.refresh().catch(() => null);
    expect(await asked(other!)).toBe(other!.user!.id);
    expect(reuses()).toBe(0);
  });

  it('go on an hour after a tab was closed with a lost answer: the key is kept for all of them', async () => {
    const [closed, other] = await tabs(2);
    browser.network.after = () => {
      closed!.close();
      throw new TypeError('closed');
    };
    await closed!.refresh().catch(() => null);
    browser.network = {};
    other!.close();
    server.clock.pass(59 * MINUTE);
    const opened = browser.tab();
    expect(await opened.restore()).not.toBeNull();
    expect(await asked(opened)).toBe(opened.user!.id);
    expect(reuses()).toBe(0);
  });

  it('notice a sign-out, and drop a refresh that is under way', async () => {
    const [refreshing, other] = await tabs(2);
    let hasArrived!: () => void;
    const arrived = new Promise<void>((resolve) => (hasArrived = resolve));
    let answer!: () => void;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    browser.network.after = async ({ url }) => {
      if (!url.endsWith('/refresh')) return;
      hasArrived();
      await answered;
    };
    const refresh = refreshing!.refresh();
    await arrived;
    const signOut = other!.signOut();
    expect(other!.user).toBeNull();
    await until('it is told', () => refreshing!.user === null);
    answer();
    await Promise.all([refresh, signOut]);
    expect([refreshing!.user, other!.user]).toEqual([null, null]);
    expect(await asked(refreshing!)).toBe('AUTH_CREDENTIALS_MISSING');
  });

  it('take no message from before a sign-out', async () => {
    const [one, two] = await tabs(2);
    await one!.refresh();
    const former: Message[] = [...browser.messages];
    expect(JSON.stringify(former)).toContain('eyJ');
    await two!.signOut();
    await until('it is told', () => one!.user === null);
    for (const message of former) browser.post(message);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([one!.user, two!.user]).toEqual([null, null]);
    // Nor after the next sign-in.
    const bob = await signIn(one!, 'bob');
    for (const message of former) browser.post(message);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([one!.user, two!.user]).toEqual([bob, bob]);
    expect(await asked(two!)).toBe(bob.id);
  });

  it('agree whatever the order of messages is', async () => {
    const [one, two] = await tabs(2);
    browser.holdsMessages = true;
    await one!.refresh();
    await two!.signOut();
    await signIn(two!, 'bob');
    browser.release();
    await until('it is told', () => one!.user?.id === two!.user?.id);
    expect(await asked(one!)).toBe(two!.user!.id);
  });

  it.each(['session', 'hybrid'] as const)('notice another user, in the mode %s', async (mode) => {
    const [one, two] = await tabs(2, mode);
    const heard: unknown[] = [];
    two!.onChange((user, former) => heard.push([user?.id, former?.id]));
    const ada = one!.user!.id;
    const bob = await signIn(one!, 'bob');
    await until('it is told', () => two!.user?.id === bob.id);
    expect(heard).toEqual([[bob.id, ada]]);
    expect(await asked(two!)).toBe(bob.id);
  });

  it('notice a user who signed in without the client, by a link for example', async () => {
    const [one, two] = await tabs(2);
    const jar = { ...(await signInElsewhere('bob')) };
    for (const cookie of jar.cookies)
      await browser.jar.setCookie(cookie, server.app.url.replace('http:', 'https:'));
    const opened = browser.tab();
    const bob = await opened.restore();
    await until('all are told', () => [one, two].every((tab) => tab!.user?.id === bob!.id));
    expect(bob!.id).toBe(jar.id);
  });

  /** The cookies of a sign-in that no tab has made. */
  async function signInElsewhere(identifier: string) {
    const json = { identifier, password: 'correct horse battery', mode: 'hybrid' };
    const { setCookies, body } = await server.app.client().post('/auth/login', { json });
    return { cookies: setCookies, id: body.user.id as string };
  }

  it('never send for one user what was meant for another', async () => {
    const [one, two] = await tabs(2);
    server.clock.pass(16 * MINUTE);
    let isFirst = true;
    browser.network.before = async ({ url }) => {
      if (!url.endsWith('/notes') || !isFirst) return;
      isFirst = false;
      await signIn(two!, 'bob');
      await until('it is told', () => one!.user?.id === two!.user?.id);
    };
    const refusal = await one!.fetch('/notes', { method: 'POST', body: '{}' });
    expect(refusal.status).toBe(401);
    expect(browser.countOf('POST /notes')).toBe(1);
  });

  it('send nothing when the renewal before a request finds another user', async () => {
    const [one] = await tabs(2);
    const jar = await signInElsewhere('bob');
    for (const cookie of jar.cookies)
      await browser.jar.setCookie(cookie, server.app.url.replace('http:', 'https:'));
    server.clock.pass(16 * MINUTE);
    browser.pass(16 * MINUTE);
    await expect(one!.fetch('/notes', { method: 'POST', body: '{}' })).rejects.toMatchObject({
      code: 'AUTH_CLIENT_SUPERSEDED',
    });
    expect([browser.countOf('POST /notes'), one!.user?.id]).toEqual([0, jar.id]);
    // What is asked from now on is asked as the new user.
    expect(await asked(one!)).toBe(jar.id);
  });

  it('keep the winner when the loser is refused', async () => {
    const [loser, winner] = await tabs(2);
    browser.network.before = async ({ url }) => {
      if (!url.endsWith('/refresh')) return undefined;
      browser.network = {};
      // Beside each other: the frozen loser's lock has run out.
      browser.pass(10_000);
      await winner!.refresh();
      return Response.json({ code: 'AUTH_REFRESH_TOKEN_INVALID', message: 'no' }, { status: 401 });
    };
    await loser!.refresh();
    expect([loser!.user, winner!.user]).toEqual([winner!.user, expect.objectContaining({ id: 'user-1' })]);
    expect(await asked(loser!)).toBe('user-1');
  });

  it('are all signed out when the server refuses the refresh', async () => {
    const [one, two] = await tabs(2);
    await server.app.authentication.endAllSignIns(one!.user!.id);
    expect(await asked(one!)).toBe('AUTH_ACCESS_TOKEN_REVOKED');
    await until('it is told', () => two!.user === null);
    expect(one!.user).toBeNull();
  });

  it('of two at once, a sign-out wins over a sign-in', async () => {
    const [one, two] = await tabs(2, 'hybrid', { store: () => undefined });
    browser.holdsMessages = true;
    const entered = signIn(one!, 'bob').catch((error) => error);
    await two!.signOut();
    browser.release();
    await entered;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([one!.user, two!.user]).toEqual([null, null]);
  });
});
