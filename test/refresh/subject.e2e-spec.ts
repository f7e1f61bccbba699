import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RefreshTokenFamily } from 'nestjs-aerie/typeorm';
import { LogTrap } from '../support/log-trap.js';
import { claimsOf, refresh, refreshed, signIn, statusOf } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

describe.each(BELOW_THE_EDGE)('what became of the subject between two rotations, on %s', (adapter) => {
  let app: TestApp;
  let name: string;
  let count = 0;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    name = `user-${++count}`;
    await app.users.add(name, undefined, { id: name, roles: ['reader'], scopes: ['notes:read'] });
  });

  const rowOf = (id: string) => app.source.getRepository(RefreshTokenFamily).findOneByOrFail({ id });

  it.each([
    ['disabled', () => (app.users.byId.get(name)!.disabled = true)],
    ['deleted', () => app.users.byId.delete(name)],
  ])('%s: the refresh is refused, and every sign-in of theirs has ended', async (_name, change) => {
    const { body } = await signIn(app, 'tokens', name);
    const device = await signIn(app, 'tokens', name);
    const browser = await signIn(app, 'session', name);
    const user = { ...app.users.byId.get(name)! };
    change();
    const answer = await refresh(app, body.refresh_token);
    expect([answer.status, answer.body.code]).toEqual([401, 'AUTH_REFRESH_TOKEN_INVALID']);
    // Even if they come back: what has ended stays ended.
    app.users.byId.set(name, user);
    expect((await refresh(app, body.refresh_token)).status).toBe(401);
    expect((await refresh(app, device.body.refresh_token)).status).toBe(401);
    expect(await statusOf(app, device.body.access_token)).toBe(401);
    expect((await browser.client.get('/auth/me')).status).toBe(401);
    expect(app.events).toContainEqual({
      type: 'subject_ended',
      subject: name,
      reason: 'subject_gone',
      ended: 3,
    });
  });

  it('other roles and scopes: the new access token carries them', async () => {
    const { body } = await signIn(app, 'tokens', name);
    expect(claimsOf(body.access_token)).toMatchObject({ roles: ['reader'], scope: 'notes:read' });
    Object.assign(app.users.byId.get(name)!, { roles: ['admin'], scopes: ['notes:read', 'notes:write'] });
    const next = await refreshed(app, body.refresh_token);
    expect(next.user).toEqual({ id: name, roles: ['admin'], scopes: ['notes:read', 'notes:write'] });
    expect(claimsOf(next.access_token)).toMatchObject({ roles: ['admin'], scope: 'notes:read notes:write' });
  });

  it('a narrowed sign-in stays narrow, and never holds a scope that the subject lost', async () => {
    const scopes = ['notes:read', 'notes:write'];
    Object.assign(app.users.byId.get(name)!, { scopes });
    const opened = await app.authentication.signIn(name, { mode: 'tokens', scopes: ['notes:read'] });
    if (opened.mode === 'session') throw new Error('no tokens');
    const next = await refreshed(app, opened.refreshToken);
    expect(next.user.scopes).toEqual(['notes:read']);
    Object.assign(app.users.byId.get(name)!, { scopes: ['notes:write'] });
    expect((await refreshed(app, next.refresh_token)).user.scopes).toEqual([]);
  });

  it('an outage of the directory: 503, and nothing moved', async () => {
    const { body, id } = await signIn(app, 'tokens', name);
    const before = await rowOf(id);
    app.users.failure = new Error('the directory is down');
    const answer = await refresh(app, body.refresh_token);
    app.users.failure = undefined;
    expect([answer.status, answer.body.code]).toEqual([503, 'AUTH_STORE_UNAVAILABLE']);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.setCookies).toEqual([]);
    expect(JSON.stringify(answer.body)).not.toContain('directory is down');
    expect(await rowOf(id)).toEqual(before);
    expect((await refresh(app, body.refresh_token)).status).toBe(200);
  });

  it('an outage of the signer: 503, and nothing moved', async () => {
    const { AccessTokenIssuer } = await import('../../libs/auth/src/access-tokens/access-token-issuer.js');
    const issuer = app.app.get(AccessTokenIssuer, { strict: false });
    const { body, id } = await signIn(app, 'tokens', name);
    const before = await rowOf(id);
    issuer.issue = () => Promise.reject(new Error('the key is out of reach'));
    const answer = await refresh(app, body.refresh_token);
    delete (issuer as { issue?: unknown }).issue;
    expect(answer.status).toBe(503);
    expect(await rowOf(id)).toEqual(before);
    expect((await refresh(app, body.refresh_token)).status).toBe(200);
  });

  it('an outage of the database: 503, never 401', async () => {
    const log = new LogTrap();
    const broken = await startTestApp({
      adapter,
      override: log.override,
      options: { revocation: { mode: 'lookup' } },
    });
    await broken.users.add('ada');
    const { body } = await signIn(broken, 'tokens');
    await broken.source.destroy();
    const answer = await refresh(broken, body.refresh_token);
    expect([answer.status, answer.body.code]).toEqual([503, 'AUTH_STORE_UNAVAILABLE']);
    expect(await statusOf(broken, body.access_token)).toBe(503);
    const logout = await broken
      .client()
      .post('/auth/logout', { json: { refresh_token: body.refresh_token } });
    expect(logout.status).toBe(503);
    expect(log.lines).toContainEqual(expect.stringContaining('the database failed'));
    await broken.source.initialize();
    await broken.close();
  });

  it('is asked about by id, and about no other subject', async () => {
    const { body } = await signIn(app, 'tokens', name);
    app.users.calls.length = 0;
    await refreshed(app, body.refresh_token);
    expect(app.users.calls).toEqual(['loadSubject']);
  });
});
