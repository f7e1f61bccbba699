import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { refresh, refreshed, SESSION_COOKIE, signIn, statusOf } from '../support/sign-ins.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';

describe.each(ADAPTERS)('a changed password, on %s', (adapter) => {
  let app: TestApp;
  let name: string;
  let count = 0;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('bystander', undefined, { id: 'bystander' });
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    name = `user-${++count}`;
    await app.users.add(name, undefined, { id: name });
  });

  const meBySession = async (token: string) => {
    const headers = { cookie: `${SESSION_COOKIE}=${token}` };
    return (await app.client().get('/auth/me', { headers })).status;
  };
  const sessionOf = async () => {
    const { client } = await signIn(app, 'session', name);
    return (await client.cookie(SESSION_COOKIE))!;
  };
  const tokensOf = async (owner = name) => (await signIn(app, 'tokens', owner)).body;

  it('ends every sign-in and access token of the subject, and of nobody else', async () => {
    const [session, tokens] = [await sessionOf(), await tokensOf()];
    const other = await tokensOf('bystander');
    expect(await app.authentication.credentialsChanged(name)).toBeNull();
    expect(await meBySession(session)).toBe(401);
    expect((await refresh(app, tokens.refresh_token)).status).toBe(401);
    expect(await statusOf(app, tokens.access_token)).toBe(401);
    expect(await statusOf(app, other.access_token)).toBe(200);
    expect((await refresh(app, other.refresh_token)).status).toBe(200);
    expect(app.events).toContainEqual({
      type: 'subject_ended',
      subject: name,
      reason: 'credentials_changed',
      ended: 2,
    });
  });

  it('keeps the session that asked for it, under a new secret', async () => {
    const [kept, former, tokens] = [await sessionOf(), await sessionOf(), await tokensOf()];
    const result = (await app.authentication.credentialsChanged(name, { keep: { session: kept } }))!;
    if (result.mode !== 'session') throw new Error('no session');
    expect(result.sessionToken).not.toBe(kept);
    expect(await meBySession(result.sessionToken)).toBe(200);
    expect(await meBySession(kept)).toBe(401);
    expect(await meBySession(former)).toBe(401);
    expect((await refresh(app, tokens.refresh_token)).status).toBe(401);
  });

  it('keeps the family that asked for it, under a new secret and with its window closed', async () => {
    const [session, kept, former] = [await sessionOf(), await tokensOf(), await tokensOf()];
    const result = (await app.authentication.credentialsChanged(name, {
      keep: { refreshToken: kept.refresh_token },
    }))!;
    if (result.mode === 'session') throw new Error('no tokens');
    expect(await meBySession(session)).toBe(401);
    expect((await refresh(app, former.refresh_token)).status).toBe(401);
    expect(await statusOf(app, former.access_token)).toBe(401);
    // Its own former access token is stale, the one it was given is not.
    const stale = await app.client().get('/auth/me', { bearer: kept.access_token });
    expect([stale.status, stale.body.code]).toEqual([401, 'AUTH_ACCESS_TOKEN_STALE']);
    expect(await statusOf(app, result.accessToken)).toBe(200);
    expect((await refresh(app, kept.refresh_token)).status).toBe(401);
    expect((await refresh(app, result.refreshToken)).status).toBe(200);
  });

  const refusals: [string, () => Promise<{ session: string } | { refreshToken: string }>][] = [
    ['a session of nobody', async () => ({ session: 'nonsense' })],
    [
      "another subject's session",
      async () => {
        const { client } = await signIn(app, 'session', 'bystander');
        return { session: (await client.cookie(SESSION_COOKIE))! };
      },
    ],
    [
      "another subject's family",
      async () => ({ refreshToken: (await tokensOf('bystander')).refresh_token as string }),
    ],
    [
      'the parent of a family',
      async () => {
        const { refresh_token } = await tokensOf();
        await refreshed(app, refresh_token);
        return { refreshToken: refresh_token as string };
      },
    ],
  ];
  it.each(refusals)(
    'with %s to keep: it throws, and everything has ended all the same',
    async (_name, keep) => {
      const [session, tokens] = [await sessionOf(), await tokensOf()];
      const credential = await keep();
      await expect(app.authentication.credentialsChanged(name, { keep: credential })).rejects.toMatchObject({
        code: expect.stringMatching(/^AUTH_(SESSION|REFRESH_TOKEN)_INVALID$/),
      });
      expect(await meBySession(session)).toBe(401);
      expect((await refresh(app, tokens.refresh_token)).status).toBe(401);
      expect(await app.authentication.listSignIns(name)).toEqual([]);
    },
  );

  it("does no harm to another subject's sign-in that was given to keep", async () => {
    const { client } = await signIn(app, 'session', 'bystander');
    const session = (await client.cookie(SESSION_COOKIE))!;
    const tokens = await tokensOf('bystander');
    for (const keep of [{ session }, { refreshToken: tokens.refresh_token as string }]) {
      await expect(app.authentication.credentialsChanged(name, { keep })).rejects.toThrow();
    }
    expect(await meBySession(session)).toBe(200);
    expect((await refresh(app, tokens.refresh_token)).status).toBe(200);
    expect(await statusOf(app, tokens.access_token)).toBe(200);
  });

  it('overtakes a sign-in that has checked the former password and is not open yet', async () => {
    const { Authenticator } = await import('nestjs-aerie');
    const authenticator = app.app.get(Authenticator, { strict: false });
    const requester = { ip: null, userAgent: null };
    const principal = await authenticator.password(name, 'correct horse battery', requester);
    await app.authentication.credentialsChanged(name);
    await expect(app.authentication.signIn(principal, { mode: 'tokens' })).rejects.toMatchObject({
      code: 'AUTH_CREDENTIALS_INVALID',
    });
    await expect(app.authentication.signIn(principal, { mode: 'session' })).rejects.toThrow();
    expect(await app.authentication.listSignIns(name)).toEqual([]);
    expect(app.events).toContainEqual(
      expect.objectContaining({ type: 'sign_in_refused', reason: 'changed_meanwhile' }),
    );
  });
});
