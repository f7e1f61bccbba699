import { afterEach, describe, expect, it } from '@jest/globals';
import { RefreshTokenFamily, Session } from 'nestjs-aerie/typeorm';
import type { HttpClient } from '../support/http-client.js';
import { claimsOf, refresh, refreshed, SESSION_COOKIE, signIn, statusOf } from '../support/sign-ins.js';
import { ADAPTERS, type TestApp } from '../support/test-app.js';
import { arrived, clicked, linked, pathOf, started, who } from './places.js';

const COOKIE = '__Host-handover';

describe.each(ADAPTERS)('a handover, on %s', (adapter) => {
  let app: TestApp;
  afterEach(() => app.close());
  const opened = async (path: string): Promise<HttpClient> => {
    const browser = app.client();
    expect((await clicked(browser, await arrived(browser, path))).status).toBe(200);
    return browser;
  };

  it('opens a session in a browser, after a click, once', async () => {
    app = await started({ adapter });
    const { path, id, body } = await linked(app, { target: '/orders?page=2' });
    const browser = app.client();
    const page = await arrived(browser, path);
    expect(page.status).toBe(200);
    expect(page.body).toContain('<strong>ada</strong>');
    expect(page.body).not.toContain('ho1_');
    expect(await who(browser)).toBe('AUTH_CREDENTIALS_MISSING');
    const answer = await clicked(browser, page);
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('content="0;url=/orders?page=2"');
    expect(await who(browser)).toBe('ada');
    expect(await browser.cookie(COOKIE)).toBeUndefined();
    expect(await statusOf(app, body.access_token)).toBe(200);
    expect((await refresh(app, body.refresh_token)).status).toBe(200);

    const again = app.client();
    const refused = await arrived(again, path);
    expect([refused.status, refused.body]).toEqual([400, expect.stringContaining('not valid any more')]);
    expect((await clicked(again, refused)).status).toBe(400);
    const child = (await app.authentication.listSignIns('ada')).find((one) => one.id !== id)!.id;
    expect(app.events).toContainEqual(
      expect.objectContaining({ type: 'handover.used', subject: 'ada', signInId: child, parentId: id }),
    );
    expect(JSON.stringify(app.events)).not.toContain('ho1_');
  });

  it('spends nothing with GET and HEAD, however often', async () => {
    app = await started({ adapter });
    const { path } = await linked(app);
    for (const method of ['HEAD', 'GET', 'HEAD', 'GET']) {
      const scanner = app.client();
      expect((await scanner.send(method, path)).status).toBe(303);
      expect((await scanner.send(method, '/auth/handover/open')).status).toBe(200);
      expect(await who(scanner)).toBe('AUTH_CREDENTIALS_MISSING');
    }
    expect(await who(await opened(path))).toBe('ada');
  });

  it('shows a page that runs nothing, in no frame, and a cookie that no script reads', async () => {
    app = await started({ adapter });
    const { path } = await linked(app);
    const browser = app.client();
    const first = await browser.get(path);
    expect(first.headers.get('location')).toBe('../open');
    expect(first.headers.get('referrer-policy')).toBe('no-referrer');
    expect(first.setCookies).toHaveLength(1);
    for (const attribute of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/', 'Max-Age=60'])
      expect(first.setCookies[0]).toContain(attribute);
    const page = await browser.get('/auth/handover/open');
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    const policy = page.headers.get('content-security-policy');
    expect(policy).toBe("default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
    expect(page.body).not.toMatch(/<script|style=|\son[a-z]+=/);
  });

  it('does nothing for a page of another site, or without the cookie', async () => {
    app = await started({ adapter });
    const { path } = await linked(app);
    const browser = app.client();
    const page = await arrived(browser, path);
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    expect((await clicked(browser, page, foreign)).body.code).toBe('AUTH_CSRF_REJECTED');
    expect((await clicked(app.client(), page)).status).toBe(400);
    expect((await clicked(browser, page)).status).toBe(200);
  });

  it('asks first while another user is signed in there, and then signs that one out', async () => {
    app = await started({ adapter });
    const { path } = await linked(app);
    const { client: browser, id } = await signIn(app, 'session', 'bob');
    const page = await arrived(browser, path);
    expect(page.body).toContain('Another account is signed in');
    // The page was opened from elsewhere: browsers keep the cookie of bob's session back.
    const blind = await clicked(browser, { ...page, body: '' });
    expect([blind.status, blind.body]).toEqual([409, expect.stringContaining(`value="${id}"`)]);
    expect(await who(browser)).toBe('bob');
    expect((await clicked(browser, blind)).status).toBe(200);
    expect(await who(browser)).toBe('ada');
    expect(await app.authentication.listSignIns('bob')).toEqual([]);
  });

  it('replaces the session that the same user has there', async () => {
    app = await started({ adapter });
    const { path, id } = await linked(app);
    const { client: browser, id: former } = await signIn(app, 'session');
    expect((await clicked(browser, await arrived(browser, path))).status).toBe(200);
    expect(await who(browser)).toBe('ada');
    const ids = (await app.authentication.listSignIns('ada')).map((one) => one.id);
    expect(ids).toHaveLength(2);
    expect(ids).toContain(id);
    expect(ids).not.toContain(former);
  });

  it('gives what the parent has, and no more', async () => {
    app = await started({ adapter });
    const { path, body, id } = await linked(app, { scope: 'orders:read' });
    await opened(path);
    const parent = (await app.source.getRepository(RefreshTokenFamily).findOneBy({ id }))!;
    const [child] = await app.source.getRepository(Session).find();
    const { authenticatedAt, methods } = parent;
    expect(child).toMatchObject({ authenticatedAt, methods, scopes: ['orders:read'], subject: 'ada' });
    expect(child!.expiresAt).toBeLessThanOrEqual(parent.expiresAt);
    const more = {
      refresh_token: (await refreshed(app, body.refresh_token)).refresh_token,
      scope: 'orders:delete',
    };
    expect((await app.client().post('/auth/handover', { json: more })).body.code).toBe('AUTH_SCOPE_INVALID');
  });

  it('ends with its parent, and outlives the end of the others with it', async () => {
    app = await started({ adapter });
    const { path, id, body } = await linked(app);
    const browser = await opened(path);
    const stranger = await signIn(app, 'session');
    const bearer = body.access_token as string;
    const json = { except_current: true };
    expect((await app.client().post('/auth/logout-all', { bearer, json })).status).toBe(204);
    expect(await who(browser)).toBe('ada');
    expect(await who(stranger.client)).toBe('AUTH_SESSION_INVALID');
    expect((await browser.post('/auth/logout-all', { json })).status).toBe(204);
    expect((await refresh(app, body.refresh_token)).status).toBe(200);
    await app.authentication.endSignIn('ada', id);
    expect(await who(browser)).toBe('AUTH_SESSION_INVALID');
  });

  it('is not for a child, nor for a sign-in of long ago without its refresh token', async () => {
    app = await started({ adapter });
    const { path, body } = await linked(app);
    const browser = await opened(path);
    expect((await browser.post('/auth/handover', { json: {} })).body.code).toBe('HANDOVER_FROM_CHILD');
    expect((await app.client().post('/auth/handover', { json: {} })).body.code).toBe(
      'AUTH_CREDENTIALS_MISSING',
    );
    const recent = await app.client().post('/auth/handover', { json: {}, bearer: body.access_token });
    expect(await who(await opened(pathOf(recent)))).toBe('ada');
    const session = await signIn(app, 'session');
    const repository = app.source.getRepository('Session');
    await repository.update({ id: session.id }, { authenticatedAt: Date.now() - 301_000 } as never);
    const old = app.client();
    await old.jar.setCookie(
      `${SESSION_COOKIE}=${await session.client.cookie(SESSION_COOKIE)}; Path=/; Secure`,
      app.url.replace('http:', 'https:'),
    );
    const answer = await old.post('/auth/handover', { json: {} });
    expect(answer.body.code).toBe('AUTH_RECENT_SIGN_IN_REQUIRED');
  });

  it('takes a refresh token that could be refreshed, does not spend it, and no other', async () => {
    app = await started({ adapter });
    const { body } = await signIn(app, 'tokens');
    const ask = (refresh_token: unknown) => app.client().post('/auth/handover', { json: { refresh_token } });
    for (const _again of [1, 2]) expect((await ask(body.refresh_token)).status).toBe(201);
    const second = await refreshed(app, body.refresh_token);
    const third = await refreshed(app, second.refresh_token);
    expect((await ask(third.refresh_token)).status).toBe(201);
    for (const wrong of [body.refresh_token, 'rt1_x', body.access_token.slice(0, 500)])
      expect((await ask(wrong)).body.code).toBe('AUTH_REFRESH_TOKEN_INVALID');
    expect((await refresh(app, third.refresh_token)).status).toBe(200);
    expect((await ask(7)).body.code).toBe('AUTH_REQUEST_INVALID');
    expect(claimsOf(third.access_token)['sub']).toBe('ada');
  });

  it('refuses links that were made up, replaced or whose parent has ended', async () => {
    app = await started({ adapter });
    const { path, body, id } = await linked(app);
    const flipped = `${path.slice(0, -1)}${path.endsWith('A') ? 'B' : 'A'}`;
    for (const wrong of [flipped, '/auth/handover/open/ho1_x', '/auth/handover/open/%00', `${path}x`]) {
      const answer = await app.client().get(wrong);
      expect([answer.status, answer.setCookies]).toEqual([400, []]);
    }
    const next = await app.client().post('/auth/handover', { json: { refresh_token: body.refresh_token } });
    expect((await arrived(app.client(), path)).status).toBe(400);
    const browser = app.client();
    const page = await arrived(browser, pathOf(next));
    await app.authentication.endSignIn('ada', id);
    const answer = await clicked(browser, page);
    expect([answer.status, await who(browser)]).toEqual([400, 'AUTH_CREDENTIALS_MISSING']);
  });

  it('leads to paths of the application alone', async () => {
    app = await started({ adapter });
    const { body } = await signIn(app, 'tokens');
    for (const target of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      'orders',
      '/%2f/evil.example',
    ]) {
      const json = { refresh_token: body.refresh_token, target };
      expect((await app.client().post('/auth/handover', { json })).body.code).toBe('AUTH_REQUEST_INVALID');
    }
  });

  it('opens a family for a browser that refreshes by its cookie', async () => {
    app = await started({ adapter }, { mode: 'hybrid' });
    const browser = await opened((await linked(app)).path);
    const { status, body } = await browser.post('/auth/refresh');
    expect([status, body.user.id]).toEqual([200, 'ada']);
  });
});
