import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hostTransaction } from 'nestjs-aerie/typeorm';
import {
  claimsOf,
  refresh,
  REFRESH_COOKIE,
  refreshed,
  SESSION_COOKIE,
  signIn,
  statusOf,
} from '../support/sign-ins.js';
import { StatementLog } from '../support/statement-log.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

const CASES = BELOW_THE_EDGE.flatMap((adapter) =>
  (['feed', 'lookup'] as const).map((mode) => ({ adapter, mode })),
);

describe.each(CASES)('whether an access token still stands, on $adapter by $mode', ({ adapter, mode }) => {
  const log = new StatementLog();
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter, connection: log.connection(), options: { revocation: { mode } } });
    await app.users.add('ada');
    await app.users.add('bob', undefined, { id: 'bob' });
  });
  afterAll(() => app.close());

  const codeOf = async (on: TestApp, bearer: string) => {
    const { status, body } = await on.client().get('/auth/me', { bearer });
    return status === 200 ? 'OK' : body.code;
  };

  it('costs one statement on every request by lookup, cached or not, and none by the feed', async () => {
    const { body } = await signIn(app, 'tokens');
    const cost = mode === 'lookup' ? 1 : 0;
    for (const _again of [1, 2, 3])
      expect(await log.count(() => statusOf(app, body.access_token))).toBe(cost);
  });

  it('changes with a logout, at once', async () => {
    const { body } = await signIn(app, 'tokens');
    expect(await codeOf(app, body.access_token)).toBe('OK');
    await app.client().post('/auth/logout', { bearer: body.access_token });
    expect(await codeOf(app, body.access_token)).toBe('AUTH_ACCESS_TOKEN_REVOKED');
  });

  it('changes with the roles: stale until it is refreshed, and the sign-in stays', async () => {
    const { body } = await signIn(app, 'tokens');
    const session = await signIn(app, 'session');
    const bob = await signIn(app, 'tokens', 'bob');
    app.users.byId.get('user-1')!.roles = ['admin'];
    await app.authentication.rolesChanged('user-1');
    expect(await codeOf(app, body.access_token)).toBe('AUTH_ACCESS_TOKEN_STALE');
    expect(await codeOf(app, bob.body.access_token)).toBe('OK');
    expect((await session.client.get('/auth/me')).body.user.roles).toEqual(['admin']);
    const next = await refreshed(app, body.refresh_token);
    expect(next.user.roles).toEqual(['admin']);
    expect(await codeOf(app, next.access_token)).toBe('OK');
    expect(app.events).toContainEqual({
      type: 'subject_changed',
      subject: 'user-1',
      reason: 'roles_changed',
    });
    app.users.byId.get('user-1')!.roles = [];
  });

  it('follows changes in the transaction of the host, when that commits, and only then', async () => {
    const { body } = await signIn(app, 'tokens');
    const rolledBack = app.source.transaction(async (manager) => {
      await app.authentication.rolesChanged('user-1', { transaction: hostTransaction(manager) });
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    expect(await codeOf(app, body.access_token)).toBe('OK');
    await app.source.transaction((manager) =>
      app.authentication.rolesChanged('user-1', { transaction: hostTransaction(manager) }),
    );
    expect(await codeOf(app, body.access_token)).toBe('AUTH_ACCESS_TOKEN_STALE');
  });

  it('refuses a transaction that has ended, or is none, as a mistake', async () => {
    const { body } = await signIn(app, 'tokens');
    const ended = await app.source.transaction(async (manager) => hostTransaction(manager));
    await expect(app.authentication.rolesChanged('user-1', { transaction: ended })).rejects.toThrow(
      new TypeError('"transaction" must be of an open transaction (got one that has ended)'),
    );
    await app.source
      .transaction(async (manager) => {
        const transaction = manager as never;
        await app.authentication.rolesChanged('user-1', { transaction });
      })
      .then(
        () => expect('nothing').toBe('thrown'),
        (error: unknown) =>
          expect(error).toEqual(
            new TypeError('"transaction" must be a HostTransaction, such as hostTransaction(manager)'),
          ),
      );
    expect(await codeOf(app, body.access_token)).toBe('OK');
  });

  it('is revoked rather than stale, once both are true', async () => {
    const { body, id } = await signIn(app, 'tokens');
    await app.authentication.rolesChanged('user-1');
    await app.authentication.endSignIn('user-1', id);
    expect(await codeOf(app, body.access_token)).toBe('AUTH_ACCESS_TOKEN_REVOKED');
  });

  it('is not asked in stateless mode: a token is served until it expires, and the boot says so', async () => {
    const none = new StatementLog();
    const stateless = await startTestApp({
      adapter,
      connection: none.connection(),
      options: { revocation: { mode: 'none' } },
    });
    await stateless.users.add('ada');
    const { body } = await signIn(stateless, 'tokens');
    expect(await none.count(() => statusOf(stateless, body.access_token))).toBe(0);
    await stateless.authentication.endAllSignIns('user-1');
    expect(await codeOf(stateless, body.access_token)).toBe('OK');
    // Its refresh token is dead all the same, and so is the session of the subject.
    expect((await refresh(stateless, body.refresh_token)).status).toBe(401);
    await stateless.close();
  });

  it('only the diagonal passes: every kind of credential in every place', async () => {
    const { body } = await signIn(app, 'tokens');
    const { client } = await signIn(app, 'session');
    const kinds = {
      access: body.access_token as string,
      refresh: body.refresh_token as string,
      session: (await client.cookie(SESSION_COOKIE))!,
      signInId: claimsOf(body.access_token)['sid'] as string,
    };
    const cookie = (name: string, value: string) => ({ headers: { cookie: `${name}=${value}` } });
    const places = {
      bearer: (value: string) => app.client().get('/auth/me', { bearer: value }),
      sessionCookie: (value: string) => app.client().get('/auth/me', cookie(SESSION_COOKIE, value)),
      refreshCookieAtMe: (value: string) => app.client().get('/auth/me', cookie(REFRESH_COOKIE, value)),
      refreshCookie: (value: string) => app.client().post('/auth/refresh', cookie(REFRESH_COOKIE, value)),
      sessionCookieAtRefresh: (value: string) =>
        app.client().post('/auth/refresh', cookie(SESSION_COOKIE, value)),
      bearerAtRefresh: (value: string) => app.client().post('/auth/refresh', { bearer: value }),
      refreshBody: (value: string) => refresh(app, value),
    };
    const passed: string[] = [];
    for (const [kind, value] of Object.entries(kinds))
      for (const [place, present] of Object.entries(places)) {
        const { status } = await present(value);
        if (status === 200) passed.push(`${kind} as ${place}`);
        else expect([400, 401]).toContain(status);
      }
    expect(passed).toEqual([
      'access as bearer',
      'refresh as refreshCookie',
      'refresh as refreshBody',
      'session as sessionCookie',
    ]);
  });
});
