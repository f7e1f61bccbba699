import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Post, Req, Res, UseGuards } from '@nestjs/common';
import {
  AnyAuthGuard,
  AuthenticationService,
  CurrentUser,
  type Principal,
  requesterOf,
  SignInResponse,
} from 'nestjs-aerie';
import { refresh, refreshed, SESSION_COOKIE, signIn, statusOf } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

/** As an application writes it: the guard's principal is all that it has of the caller. */
@Controller()
class Passwords {
  constructor(
    private readonly authentication: AuthenticationService,
    private readonly answer: SignInResponse,
  ) {}
  @UseGuards(AnyAuthGuard)
  @Post('password')
  async change(
    @CurrentUser() user: Principal,
    @Body() body: { mode?: 'tokens' | 'hybrid' },
    @Req() request: Parameters<typeof requesterOf>[0],
    @Res({ passthrough: true }) response: Parameters<SignInResponse['of']>[1],
  ) {
    const options = { keep: user, mode: body.mode ?? 'tokens', requester: requesterOf(request) } as const;
    return this.answer.of((await this.authentication.credentialsChanged(user.id, options))!, response);
  }
}

describe.each(BELOW_THE_EDGE)('a changed password, on %s', (adapter) => {
  let app: TestApp;
  let name: string;
  let count = 0;
  beforeAll(async () => {
    app = await startTestApp({ adapter, controllers: [Passwords] });
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

  it('ends every sign-in and access token of the subject, and of no other subject', async () => {
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

  it('keeps the caller of whom it has an access token alone: in a new sign-in, with fresh credentials', async () => {
    const [session, mine, former] = [await sessionOf(), await tokensOf(), await tokensOf()];
    const before = (await app.authentication.listSignIns(name)).map(({ id }) => id);
    const { status, body } = await app.client().post('/password', { bearer: mine.access_token, json: {} });
    expect([status, body.token_type, body.user.id]).toEqual([201, 'Bearer', name]);
    const [only, ...others] = await app.authentication.listSignIns(name);
    expect(others).toEqual([]);
    expect(before).not.toContain(only!.id);
    // The thief of the refresh token has nothing left.
    expect((await refresh(app, mine.refresh_token)).status).toBe(401);
    for (const token of [mine.access_token, former.access_token])
      expect(await statusOf(app, token)).toBe(401);
    expect((await refresh(app, former.refresh_token)).status).toBe(401);
    expect(await meBySession(session)).toBe(401);
    expect(await statusOf(app, body.access_token)).toBe(200);
    const next = await refreshed(app, body.refresh_token);
    expect(await statusOf(app, next.access_token)).toBe(200);
    expect(app.events).toContainEqual(
      expect.objectContaining({ type: 'signed_in', subject: name, signInId: only!.id }),
    );
  });

  it('keeps the caller who holds the refresh token in a cookie: the next one goes there too', async () => {
    const { client, body } = await signIn(app, 'hybrid', name);
    const answer = await client.post('/password', { bearer: body.access_token, json: { mode: 'hybrid' } });
    expect([answer.status, 'refresh_token' in answer.body]).toEqual([201, false]);
    expect(await statusOf(app, answer.body.access_token)).toBe(200);
    expect((await client.post('/auth/refresh')).status).toBe(200);
  });

  it('keeps the caller who has a session: the same one, with its data, under a new secret', async () => {
    const { client, id } = await signIn(app, 'session', name);
    const [former, thief] = [(await client.cookie(SESSION_COOKIE))!, await sessionOf()];
    expect((await client.post('/password', { json: {} })).status).toBe(201);
    expect(await client.cookie(SESSION_COOKIE)).not.toBe(former);
    expect((await client.get('/auth/me')).status).toBe(200);
    expect(await meBySession(former)).toBe(401);
    expect(await meBySession(thief)).toBe(401);
    expect((await app.authentication.listSignIns(name)).map((one) => one.id)).toEqual([id]);
  });

  it('hands the kept session over when the user directory fails meanwhile', async () => {
    const { client } = await signIn(app, 'session', name);
    const thief = await sessionOf();
    expect((await client.get('/auth/me')).status).toBe(200);
    app.users.failure = new Error('away');
    const answer = await client.post('/password', { json: {} });
    app.users.failure = undefined;
    expect([answer.status, answer.body.user?.id]).toEqual([201, name]);
    expect((await client.get('/auth/me')).status).toBe(200);
    expect(await meBySession(thief)).toBe(401);
  });

  it('hands the new tokens over when the user directory fails meanwhile: the client refreshes', async () => {
    const [mine, thief] = [await tokensOf(), await tokensOf()];
    expect(await statusOf(app, mine.access_token)).toBe(200);
    app.users.failure = new Error('away');
    const answer = await app.client().post('/password', { bearer: mine.access_token, json: {} });
    app.users.failure = undefined;
    expect([answer.status, answer.body.user?.id, answer.body.expires_in]).toEqual([201, name, 0]);
    const me = await app.client().get('/auth/me', { bearer: answer.body.access_token });
    expect([me.status, me.body.code]).toEqual([401, 'AUTH_ACCESS_TOKEN_STALE']);
    const next = await refreshed(app, answer.body.refresh_token);
    expect(await statusOf(app, next.access_token)).toBe(200);
    expect((await refresh(app, thief.refresh_token)).status).toBe(401);
  });

  it('hands the next refresh token over when the user directory fails after the change', async () => {
    const [mine, thief] = [await tokensOf(), await tokensOf()];
    const keep = { refreshToken: mine.refresh_token };
    const load = app.users.loadSubject.bind(app.users);
    app.users.loadSubject = async (subject) => {
      const loaded = await load(subject);
      app.users.failure = new Error('away');
      return loaded;
    };
    const result = await app.authentication.credentialsChanged(name, { keep });
    app.users.loadSubject = load;
    app.users.failure = undefined;
    if (result?.mode !== 'tokens') throw new Error('no tokens');
    expect([result.principal.id, result.expiresIn]).toEqual([name, 0]);
    expect((await refresh(app, result.refreshToken)).status).toBe(200);
    expect((await refresh(app, thief.refresh_token)).status).toBe(401);
  });

  it('changes nothing when the user directory is away before the change of a kept refresh token', async () => {
    const mine = await tokensOf();
    app.users.failure = new Error('away');
    const change = app.authentication.credentialsChanged(name, {
      keep: { refreshToken: mine.refresh_token },
    });
    await expect(change).rejects.toMatchObject({ code: 'AUTH_STORE_UNAVAILABLE' });
    app.users.failure = undefined;
    expect((await refresh(app, mine.refresh_token)).status).toBe(200);
  });

  it('keeps no session by a cookie that was superseded since the guard saw it', async () => {
    const former = await sessionOf();
    const { Authenticator } = await import('nestjs-aerie');
    const seen = await app.app.get(Authenticator, { strict: false }).session(former);
    await app.authentication.stepUp(name, { session: former }, ['otp']);
    await expect(app.authentication.credentialsChanged(name, { keep: seen })).rejects.toMatchObject({
      code: 'AUTH_SESSION_INVALID',
    });
    expect(await app.authentication.listSignIns(name)).toEqual([]);
  });

  it('answers two changes at once: one keeps its caller, and everything else has ended', async () => {
    const mine = await tokensOf();
    const change = () => app.client().post('/password', { bearer: mine.access_token, json: {} });
    const answers = await Promise.all([change(), change()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 401]);
    const kept = answers.find(({ status }) => status === 201)!;
    // The second change ended the first one's new sign-in as well, or came before it.
    const live = await app.authentication.listSignIns(name);
    expect(live.length).toBeLessThanOrEqual(1);
    expect(await statusOf(app, kept.body.access_token)).toBe(live.length === 1 ? 200 : 401);
  });

  it("ends nothing for another subject's principal", async () => {
    const tokens = await tokensOf();
    const other = await tokensOf('bystander');
    const { Authenticator } = await import('nestjs-aerie');
    const theirs = await app.app
      .get(Authenticator, { strict: false })
      .accessToken(other.access_token as string);
    await expect(app.authentication.credentialsChanged(name, { keep: theirs })).rejects.toThrow(TypeError);
    expect(await statusOf(app, tokens.access_token)).toBe(200);
    expect(await statusOf(app, other.access_token)).toBe(200);
  });

  const refusals: [string, () => Promise<{ session: string } | { refreshToken: string }>][] = [
    ['a session of no user', async () => ({ session: 'nonsense' })],
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
