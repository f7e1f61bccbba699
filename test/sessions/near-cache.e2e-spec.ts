import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { CurrentUser, MaxStaleness, SessionAuthGuard } from 'nestjs-aerie';
import { Revocation, Session } from 'nestjs-aerie/typeorm';
import { SESSION_COOKIE, signIn } from '../support/sign-ins.js';
import { StatementLog } from '../support/statement-log.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

@Controller()
@UseGuards(SessionAuthGuard)
class NotesController {
  @Get('notes')
  notes(@CurrentUser('roles') roles: string[]) {
    return { roles };
  }

  @MaxStaleness('0s')
  @Get('payout')
  payout(@CurrentUser('roles') roles: string[]) {
    return { roles };
  }
}

describe.each(BELOW_THE_EDGE)('a session that the process remembers, on %s', (adapter) => {
  const log = new StatementLog();
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter, connection: log.connection(), controllers: [NotesController] });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  /** A session whose cookie the process has seen. */
  const warm = async () => {
    const opened = await signIn(app, 'session');
    expect((await opened.client.get('/notes')).status).toBe(200);
    return opened;
  };

  it('costs no statement and no question of the directory', async () => {
    const { client } = await warm();
    app.users.calls.length = 0;
    const sent = await log.count(async () => {
      for (let i = 0; i < 3; i++) expect((await client.get('/notes')).status).toBe(200);
    });
    expect([sent, app.users.calls]).toEqual([0, []]);
  });

  it('is asked of the table where a route says so, on every request', async () => {
    const { client } = await warm();
    for (let i = 0; i < 2; i++)
      expect(await log.count(async () => expect((await client.get('/payout')).status).toBe(200))).toBe(1);
  });

  it.each([
    ['its logout', (client: Client) => client.post('/auth/logout')],
    ['a logout everywhere', () => app.authentication.endAllSignIns('user-1')],
    ['a disabled user', () => app.authentication.userDisabled('user-1')],
    ['a change of credentials', () => app.authentication.credentialsChanged('user-1')],
    ['the end of everything of everybody', () => app.authentication.revokeEverything()],
    ['being forgotten', () => app.authentication.forgetSubject('user-1')],
  ])('ends with %s, at once', async (_, end) => {
    const { client } = await warm();
    const cookie = `${SESSION_COOKIE}=${await client.cookie(SESSION_COOKIE)}`;
    await end(client);
    const { status } = await app.client().get('/notes', { headers: { cookie } });
    expect(status).toBe(401);
  });

  it('dies with its former secret at a step-up, and lives on with the new one', async () => {
    const { client } = await warm();
    const former = (await client.cookie(SESSION_COOKIE))!;
    const { sessionToken } = (await app.authentication.stepUp('user-1', { session: former }, ['otp'])) as {
      sessionToken: string;
    };
    const get = async (value: string) =>
      (await app.client().get('/notes', { headers: { cookie: `${SESSION_COOKIE}=${value}` } })).status;
    expect(await get(former)).toBe(401);
    for (let i = 0; i < 2; i++) expect(await get(sessionToken)).toBe(200);
  });

  it('has new roles on the next request after they changed', async () => {
    const { client } = await warm();
    app.users.byId.get('user-1')!.roles = ['admin'];
    expect((await client.get('/notes')).body.roles).toEqual([]);
    await app.authentication.rolesChanged('user-1');
    expect((await client.get('/notes')).body.roles).toEqual(['admin']);
    app.users.byId.get('user-1')!.roles = [];
  });

  it('stays live when another process revokes other sessions', async () => {
    const { client } = await warm();
    const now = Date.now();
    await app.source.getRepository(Revocation).insert({
      kind: 'sign_in',
      value: '00000000-0000-4000-8000-000000000000',
      createdAt: now,
      expiresAt: now + 60_000,
    });
    expect((await client.get('/notes')).status).toBe(200);
  });

  it('is refused when another site made the request, cached or not', async () => {
    const { client } = await warm();
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await client.post('/auth/logout-all', { json: {}, headers })).status).toBe(403);
    expect((await client.get('/notes')).status).toBe(200);
  });

  it('is read again when its row seems to have idled out: another process may have seen activity', async () => {
    const short = await startTestApp({
      adapter,
      controllers: [NotesController],
      options: { sessions: { idle: '1m', touchInterval: '10m' } },
    });
    try {
      await short.users.add('ada');
      const { client, id } = await signIn(short, 'session');
      const rows = short.source.getRepository(Session);
      // As this process reads it, it has a moment to live.
      await rows.update({ id }, { idleExpiresAt: Date.now() + 1_000 });
      expect((await client.get('/notes')).status).toBe(200);
      await rows.update({ id }, { idleExpiresAt: Date.now() + 60_000 });
      const { Clock } = await import('../../libs/auth/src/time/clock.js');
      const clock = short.app.get(Clock, { strict: false });
      const monotonic = clock.monotonic.bind(clock);
      clock.monotonic = () => monotonic() + 2_000;
      expect((await client.get('/notes')).status).toBe(200);
    } finally {
      await short.close();
    }
  });
});

type Client = Awaited<ReturnType<typeof signIn>>['client'];
