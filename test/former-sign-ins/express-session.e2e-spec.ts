// Sessions of express-session: what the first sight of one does, on both frameworks.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { CurrentUser, type Principal, Public, SessionAuthGuard } from 'nestjs-aerie';
import { UseGuards } from '@nestjs/common';
import { type FormerApp, startFormerApp } from '../support/former-app.js';
import { SESSION_COOKIE } from '../support/sign-ins.js';
import { ADAPTERS, type TestApp } from '../support/test-app.js';
import { liveOf, moved, type Places, setsSession, told, who } from './places.js';

@Controller()
class Pages {
  @UseGuards(SessionAuthGuard)
  @Get('page')
  page(@CurrentUser() { id, authenticatedAt, methods, signInId }: Principal) {
    return { id, authenticatedAt: authenticatedAt.getTime(), methods, signInId };
  }
  @UseGuards(SessionAuthGuard)
  @Post('act')
  act(@CurrentUser() { id }: Principal) {
    return { id };
  }
  @Public({ optional: true })
  @UseGuards(SessionAuthGuard)
  @Get('front')
  front(@CurrentUser() user: Principal | undefined) {
    return { id: user?.id ?? null };
  }
}

describe.each(ADAPTERS)('a session of express-session (%s)', (adapter) => {
  let former: FormerApp;
  let places: Places;
  let app: TestApp;
  beforeAll(async () => {
    former = await startFormerApp();
    places = await moved(former, { adapter, controllers: [Pages] });
    app = places.app;
  });
  afterEach(() => void (app.events.length = 0));
  afterAll(async () => {
    await app.close();
    await former.close();
  });

  it('opens a session of ours at first sight, and is left as it is', async () => {
    const cookie = await former.signIn('7');
    const browser = await places.browser(cookie);
    const first = await browser.get('/page');
    expect(first.status).toBe(200);
    expect(setsSession(first)).toBe(true);
    expect(first.headers.get('cache-control')).toBe('no-store');
    // The time of the authentication is not known: a check for a recent one asks again.
    expect(first.body).toEqual({ id: '7', authenticatedAt: 0, methods: [], signInId: expect.any(String) });
    const next = await browser.get('/page');
    expect([next.status, setsSession(next), next.body.signInId]).toEqual([200, false, first.body.signInId]);
    expect(await liveOf(app)).toContain(first.body.signInId);
    // A flag that is turned back finds everybody signed in.
    expect(await former.who(cookie)).toBe('7');
    expect(app.events.map(({ type }) => type)).toEqual(['signed_in', 'former-sign-ins.accepted']);
    expect(JSON.stringify(app.events)).not.toContain(cookie.slice(4, 30));
  });

  it('is the same session for requests that run in parallel', async () => {
    const browser = await places.browser(await former.signIn('7'));
    const before = await liveOf(app);
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.get('/page')));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ body }) => body.signInId)).size).toBe(1);
    expect(await liveOf(app)).toHaveLength(before.length + 1);
  });

  it('is admitted where signing in is optional, and where any credential is', async () => {
    const browser = await places.browser(await former.signIn('7'));
    expect((await browser.get('/front')).body).toEqual({ id: '7' });
    expect(await who(await places.browser(await former.signIn('7')))).toBe('7');
  });

  it('signs no user in where it holds none, or was ended, or has a foreign signature', async () => {
    const visitor = await former.signIn(null);
    const ended = await former.signIn('7');
    await new Promise((done) => former.store.destroy(idOf(ended), done));
    const forged = `s%3A${idOf(await former.signIn('7'))}.${encodeURIComponent(
      createHmac('sha256', 'another secret').update('x').digest('base64').replace(/=+$/, ''),
    )}`;
    const before = await liveOf(app);
    for (const cookie of [visitor, ended, forged, 'x', '', 's%3A.', '%', `s%3A${'x'.repeat(2_000)}.y`]) {
      const browser = await places.browser(cookie);
      const answer = await browser.get('/page');
      expect([answer.status, answer.body.code, setsSession(answer)]).toEqual([
        401,
        'AUTH_CREDENTIALS_MISSING',
        false,
      ]);
      expect((await browser.get('/front')).body).toEqual({ id: null });
    }
    expect(await liveOf(app)).toEqual(before);
    expect(told(app)).toEqual([]);
  });

  it('is refused past its own time, also where its store still has it', async () => {
    const cookie = await former.signIn('7', 60_000);
    const id = idOf(cookie);
    const kept = await new Promise<any>((found) => former.store.get(id, (_, session) => found(session)));
    const past = { ...kept, cookie: { ...kept.cookie, expires: new Date(Date.now() - 1).toISOString() } };
    const store = { get: (_: string, answer: any) => answer(null, past), destroy: () => undefined };
    const other = await moved({ ...former, store: store as never }, { adapter, controllers: [Pages] });
    expect(await who(await other.browser(cookie))).toBe('AUTH_CREDENTIALS_MISSING');
    await other.app.close();
  });

  it('does nothing beside a credential of ours, a bad one too', async () => {
    const cookie = await former.signIn('7');
    for (const headers of [
      { authorization: 'Bearer x.y.z', cookie: `connect.sid=${cookie}` },
      { cookie: `connect.sid=${cookie}; ${SESSION_COOKIE}=s2_bad` },
      { cookie: `connect.sid=${cookie}; __Host-refresh=rt1_bad` },
      // One of them was planted, and it cannot be told which.
      { cookie: `connect.sid=${cookie}; connect.sid=${await former.signIn('7')}` },
    ]) {
      const answer = await app.client().get('/auth/me', { headers });
      expect([answer.status, answer.setCookies]).toEqual([401, []]);
    }
    expect(told(app)).toEqual([]);
  });

  it('is refused to pages of other origins that change something', async () => {
    const browser = await places.browser(await former.signIn('7'));
    const foreign = await browser.post('/act', { headers: { origin: 'https://evil.example' } });
    expect([foreign.status, foreign.body.code, setsSession(foreign)]).toEqual([
      403,
      'AUTH_CSRF_REJECTED',
      false,
    ]);
    expect(told(app)).toEqual([]);
    const own = await browser.post('/act', { headers: { 'sec-fetch-site': 'same-origin' } });
    expect([own.status, own.body]).toEqual([201, { id: '7' }]);
  });

  it('takes each of several secrets, another cookie, and the user from where the application keeps it', async () => {
    const older = await startFormerApp(undefined, 'the first secret');
    const options = {
      secret: ['the second secret', 'the first secret'],
      subject: ({ passport }: { passport?: { user: { id: number } } }) => passport?.user.id,
    };
    const other = await moved(older, { adapter }, options);
    expect(await who(await other.browser(await older.signIn({ id: 7 })))).toBe('7');
    expect(await who(await other.browser(await former.signIn({ id: 7 })))).toBe('AUTH_CREDENTIALS_MISSING');
    await other.app.close();
    await older.close();
  });
});

const idOf = (cookie: string): string => /^s%3A([^.]+)\./.exec(cookie)![1]!;
