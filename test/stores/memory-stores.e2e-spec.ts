/** An application on stores of its own: no TypeORM module anywhere, and every route as with a database. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AuthenticationService } from 'nestjs-aerie';
import { AuthStores } from 'nestjs-aerie/stores';
import { MemoryStores } from 'nestjs-aerie/testing';
import { DataSource } from 'typeorm';
import { HttpClient } from '../support/http-client.js';
import { BELOW_THE_EDGE, type Adapter } from '../support/test-app.js';
import { TestUsers } from '../support/test-users.js';
import { authModule, bootApplication, rootModule } from '../nest-integration/host-application.js';

const WINDOW_MS = 30_000;

describe.each(BELOW_THE_EDGE)('an application on stores in memory, on %s', (adapter) => {
  let app: Awaited<ReturnType<typeof started>>;
  let client: HttpClient;
  const login = async (mode: string, by = client) =>
    (await by.post('/auth/login', { json: { identifier: 'ada', password: 'correct horse battery', mode } }))
      .body;
  const refresh = (refresh_token: unknown) => client.post('/auth/refresh', { json: { refresh_token } });
  const me = async (bearer: string) => (await client.get('/auth/me', { bearer })).status;

  beforeAll(async () => {
    app = await started(adapter);
    await app.users.add('ada');
  });
  afterAll(() => app.close());
  beforeEach(() => {
    client = new HttpClient(app.url);
  });

  it('has no database', () => {
    expect(() => app.app.get(DataSource, { strict: false })).toThrow();
    expect(app.app.get(AuthStores, { strict: false })).toBe(app.stores);
  });

  it('signs in by a session cookie, and out', async () => {
    await login('session');
    expect((await client.get('/auth/me')).body.user.id).toBe('user-1');
    expect((await client.post('/auth/logout')).status).toBe(204);
    expect((await client.get('/auth/me')).status).toBe(401);
  });

  it('refreshes, answers a retry with the same successor, and ends a family for a reuse', async () => {
    const first = await login('tokens');
    const second = (await refresh(first.refresh_token)).body;
    const retried = (await refresh(first.refresh_token)).body;
    expect(retried.refresh_token).toBe(second.refresh_token);
    expect(await me(second.access_token)).toBe(200);
    app.stores.age(signInOf(second.access_token), WINDOW_MS + 1);
    expect((await refresh(first.refresh_token)).body.code).toBe('AUTH_REFRESH_TOKEN_INVALID');
    expect((await refresh(second.refresh_token)).status).toBe(401);
    expect(await me(second.access_token)).toBe(401);
  });

  it('has limits that pass', async () => {
    const { sign_in } = await login('session');
    app.stores.age(sign_in.id, 31 * 60_000);
    expect((await client.get('/auth/me')).body.code).toBe('AUTH_SESSION_EXPIRED');
  });

  it('lists sign-ins, ends one, and ends them all', async () => {
    const browser = new HttpClient(app.url);
    await login('session', browser);
    const phone = await login('tokens');
    const listed = (await browser.get('/auth/sign-ins')).body as { id: string; kind: string }[];
    expect(listed.map(({ kind }) => kind).sort()).toEqual(['session', 'tokens']);
    const other = listed.find(({ kind }) => kind === 'tokens')!;
    expect((await browser.delete(`/auth/sign-ins/${other.id}`)).status).toBe(204);
    expect(await me(phone.access_token)).toBe(401);
    expect((await browser.post('/auth/logout-all')).status).toBe(204);
    expect((await browser.get('/auth/me')).status).toBe(401);
  });

  it('makes access tokens stale when roles change, and lets what is kept outlive a new password', async () => {
    const kept = await login('tokens');
    const lost = await login('tokens');
    await app.authentication.rolesChanged('user-1');
    expect((await client.get('/auth/me', { bearer: kept.access_token })).body.code).toBe(
      'AUTH_ACCESS_TOKEN_STALE',
    );
    const result = await app.authentication.credentialsChanged('user-1', {
      keep: { refreshToken: kept.refresh_token as string },
    });
    expect((await refresh(lost.refresh_token)).status).toBe(401);
    expect(result?.mode).toBe('tokens');
    expect((await refresh(result?.mode === 'tokens' && result.refreshToken)).status).toBe(200);
  });

  it('forgets a subject, and everybody', async () => {
    const one = await login('tokens');
    await app.authentication.forgetSubject('user-1');
    expect(await me(one.access_token)).toBe(401);
    const two = await login('tokens');
    await app.authentication.revokeEverything();
    expect(await me(two.access_token)).toBe(401);
    expect((await refresh(two.refresh_token)).status).toBe(401);
    expect(await me((await login('tokens')).access_token)).toBe(200);
    expect(await app.authentication.sweep()).toEqual({
      families: 0,
      sessions: 0,
      revocations: 0,
      features: {},
      events: 0,
      attempts: 0,
    });
  });
});

/** Users and stores are providers of AuthModule itself: nothing else is imported. */
async function started(adapter: Adapter) {
  const app = await bootApplication(rootModule([authModule({ imports: [], stores: MemoryStores })]), adapter);
  await app.listen(0, '127.0.0.1');
  return {
    app,
    url: (await app.getUrl()).replace(/\/$/, ''),
    users: app.get(TestUsers, { strict: false }),
    stores: app.get(MemoryStores, { strict: false }),
    authentication: app.get(AuthenticationService),
    close: () => app.close(),
  };
}

const signInOf = (accessToken: string): string =>
  (JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString()) as { sid: string }).sid;
