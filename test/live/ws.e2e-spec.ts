import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LiveSignIns, type TokensResult } from 'nestjs-aerie';
import { WsAdapter } from '@nestjs/platform-ws';
import { WsGateway } from '../../examples/contexts/ws.js';
import type { SocketClient } from '../nest-integration/socket-client.js';
import { clockedStores } from '../support/clocked-stores.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { HOUR, MINUTE } from '../support/time-passes.js';
import { until } from '../support/until.js';
import { openSocket } from './connections.js';

interface Held {
  readonly headers: Record<string, string>;
  /** `sid`. */
  readonly signInId: string;
  readonly refreshToken: string;
  readonly accessToken: string;
}

describe.each(BELOW_THE_EDGE)('what ends a connection, on %s', (adapter) => {
  const { clock, stores, override } = clockedStores();
  let app: TestApp;
  let live: LiveSignIns;
  let user: string;
  let users = 0;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      connection: null,
      override,
      options: { stores },
      providers: [WsGateway],
      configure: (nest) => nest.useWebSocketAdapter(new WsAdapter(nest)),
    });
    live = app.app.get(LiveSignIns);
  });
  afterAll(() => app.close());

  const signIn = async (mode: 'tokens' | 'session', subject = user): Promise<Held> => {
    const result = await app.authentication.signIn(subject, { mode });
    const { signInId } = result.principal;
    if (result.mode === 'session')
      return {
        headers: { cookie: `__Host-session=${result.sessionToken}` },
        signInId,
        refreshToken: '',
        accessToken: '',
      };
    const { accessToken, refreshToken } = result as TokensResult;
    return { headers: { authorization: `Bearer ${accessToken}` }, signInId, refreshToken, accessToken };
  };
  const addUser = async () => (user = (await app.users.add(`user ${++users}`)).id);
  const connect = ({ headers }: Held) => openSocket(app.url, headers);
  const endOf = async (socket: SocketClient) => {
    const { code, reason } = await socket.closed;
    return code === 4401 ? reason : `${code} ${reason}`;
  };
  const stays = async (socket: SocketClient) => {
    expect(await socket.ask('who')).toMatchObject({ event: 'who' });
    await socket.close();
  };

  it.each<[string, (held: Held) => Promise<unknown>, tokens: string, session: string]>([
    ['signOut', ({ signInId }) => app.authentication.endSignIn(user, signInId), 'REVOKED', 'INVALID'],
    ['endAllSignIns', () => app.authentication.endAllSignIns(user), 'REVOKED', 'INVALID'],
    ['credentialsChanged', () => app.authentication.credentialsChanged(user), 'REVOKED', 'INVALID'],
    ['userDisabled', () => app.authentication.userDisabled(user), 'REVOKED', 'INVALID'],
    ['forgetSubject', () => app.authentication.forgetSubject(user), 'REVOKED', 'INVALID'],
    ['rolesChanged', () => app.authentication.rolesChanged(user), 'STALE', 'STALE'],
    ['revokeEverything', () => app.authentication.revokeEverything(), 'REVOKED', 'INVALID'],
  ])('%s', async (_, end, ofTokens, ofSession) => {
    for (const [mode, code] of [
      ['tokens', `AUTH_ACCESS_TOKEN_${ofTokens}`],
      ['session', `AUTH_SESSION_${ofSession}`],
    ] as const) {
      await addUser();
      const held = await signIn(mode);
      const socket = await connect(held);
      await end(held);
      expect([mode, await endOf(socket)]).toEqual([mode, code]);
    }
  });

  it('one access token that was revoked: the others of its sign-in stay', async () => {
    await addUser();
    const held = await signIn('tokens');
    const { accessToken } = await app.authentication.refresh(held.refreshToken);
    const [ended, kept] = [
      await connect(held),
      await openSocket(app.url, { authorization: `Bearer ${accessToken}` }),
    ];
    await app.authentication.revokeAccessToken(held.accessToken);
    expect(await endOf(ended)).toBe('AUTH_ACCESS_TOKEN_REVOKED');
    await stays(kept);
  });

  it('a refresh token that was used twice', async () => {
    await addUser();
    const held = await signIn('tokens');
    const socket = await connect(held);
    const { refreshToken } = await app.authentication.refresh(held.refreshToken);
    await app.authentication.refresh(refreshToken);
    clock.pass(5 * MINUTE);
    await expect(app.authentication.refresh(held.refreshToken)).rejects.toThrow();
    expect(await endOf(socket)).toBe('AUTH_ACCESS_TOKEN_REVOKED');
  });

  it('the end of all others: the one that is kept connects again', async () => {
    await addUser();
    const [kept, other] = [await signIn('session'), await signIn('tokens')];
    const sockets = [await connect(kept), await connect(other)] as const;
    await app.authentication.endOtherSignIns(user, kept.signInId);
    expect(await Promise.all(sockets.map(endOf))).toEqual([
      'AUTH_SESSION_STALE',
      'AUTH_ACCESS_TOKEN_REVOKED',
    ]);
    await stays(await connect(kept));
  });

  it('a step-up: who has the new secret connects again, a copy of the former cookie does not', async () => {
    await addUser();
    const held = await signIn('session');
    const session = held.headers['cookie']!.split('=')[1]!;
    const [socket, other] = [await connect(held), await connect(await signIn('session'))];
    const result = await app.authentication.stepUp(user, { session }, ['otp']);
    expect(await endOf(socket)).toBe('AUTH_SESSION_STALE');
    await expect(connect(held)).rejects.toThrow();
    const renewed = { cookie: `__Host-session=${result.mode === 'session' ? result.sessionToken : ''}` };
    const again = await openSocket(app.url, renewed);
    await stays(other);
    await stays(again);
  });

  it('nothing of another user', async () => {
    await addUser();
    const socket = await connect(await signIn('tokens'));
    const [mine, other] = [user, await addUser()];
    await signIn('tokens', other);
    await app.authentication.endAllSignIns(other);
    expect(mine).not.toBe(other);
    await stays(socket);
  });

  it('the time of an access token, unless the client sends a new one before', async () => {
    await addUser();
    const held = await signIn('tokens');
    const [ended, renewed] = [await connect(held), await connect(held)];
    clock.pass(10 * MINUTE);
    const { accessToken } = await app.authentication.refresh(held.refreshToken);
    renewed.send('token', accessToken);
    expect(await renewed.ask('who')).toEqual({ event: 'who', data: user });
    clock.pass(6 * MINUTE);
    expect(await endOf(ended)).toBe('AUTH_ACCESS_TOKEN_EXPIRED');
    expect(await renewed.ask('who')).toEqual({ event: 'who', data: user });
    clock.pass(10 * MINUTE);
    expect(await endOf(renewed)).toBe('AUTH_ACCESS_TOKEN_EXPIRED');
    await until('nothing is watched', () => live.size === 0);
  });

  it('the token of another user: a connection stays with its user', async () => {
    await addUser();
    const socket = await connect(await signIn('tokens'));
    const other = await signIn('tokens', await addUser());
    socket.send('token', other.accessToken);
    expect(await socket.closed).toMatchObject({ code: 4401, reason: 'AUTH_FORBIDDEN' });
  });

  it('the idle limit of a session: requests move it, an open connection does not', async () => {
    await addUser();
    const held = await signIn('session');
    const socket = await connect(held);
    clock.pass(29 * MINUTE);
    expect((await app.client().get('/auth/me', { headers: held.headers })).status).toBe(200);
    clock.pass(29 * MINUTE);
    expect(await socket.ask('who')).toMatchObject({ event: 'who' });
    clock.pass(32 * MINUTE);
    expect(await endOf(socket)).toBe('AUTH_SESSION_EXPIRED');
  });

  it('an outage while a client connects, which signs nobody out', async () => {
    await addUser();
    const held = await signIn('session');
    const { sessions } = stores.provider.useValue;
    const away = () => Promise.reject(new Error('the database is away'));
    Object.assign(sessions, { read: away });
    try {
      await expect(connect(held)).rejects.toThrow(/1013.*AUTH_STORE_UNAVAILABLE/);
    } finally {
      delete (sessions as { read?: unknown }).read;
    }
    await stays(await connect(held));
  });

  it('the absolute limit of a session', async () => {
    await addUser();
    const held = await signIn('session');
    const socket = await connect(held);
    for (let passed = 0; passed < 12 * HOUR - MINUTE; passed += 24 * MINUTE) {
      expect(await socket.ask('who')).toMatchObject({ event: 'who' });
      clock.pass(24 * MINUTE);
    }
    expect(await endOf(socket)).toBe('AUTH_SESSION_EXPIRED');
  });
});
