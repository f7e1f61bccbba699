/** Each example of examples/contexts on both adapters: the connection ends with its sign-in, and leaves nothing behind. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Server } from 'node:http';
import { LiveSignIns } from 'nestjs-aerie';
import { io } from 'socket.io-client';
import { cookieOf, tokenOf } from '../nest-integration/credentials.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';
import { type Headers, took, TRANSPORTS } from './connections.js';

const CASES = ADAPTERS.flatMap((adapter) =>
  TRANSPORTS.map((transport) => ({ adapter, transport, name: transport.name })),
);

describe.each(CASES)('$name on $adapter', ({ adapter, transport }) => {
  let app: TestApp;
  let live: LiveSignIns;
  beforeAll(async () => {
    app = await startTestApp({ adapter, ...transport.parts, configure: transport.configure });
    live = app.app.get(LiveSignIns);
    await app.users.add('ada');
  });
  afterAll(async () => {
    // A server waits for requests that a client has given up a moment ago.
    (app.app.getHttpServer() as Server).closeAllConnections();
    await app.close();
  });

  const opened = async (headers: Headers) => {
    const { size } = live;
    const connection = await transport.open(app.url, headers);
    await until('the connection is watched', () => live.size === size + 1);
    return connection;
  };

  it.each([
    [
      'an access token',
      async () => ({ authorization: `Bearer ${await tokenOf(app, 'user-1')}` }),
      'AUTH_ACCESS_TOKEN_REVOKED',
    ],
    ['a session', async () => ({ cookie: await cookieOf(app, 'user-1') }), 'AUTH_SESSION_INVALID'],
  ] as const)('ends with the sign-in of %s, with the code of a request', async (what, headersOf, code) => {
    const headers: Headers = await headersOf();
    const [connection, other] = [
      await opened(headers),
      await opened({ cookie: await cookieOf(app, 'user-1') }),
    ];
    const loggedOut = await app
      .client()
      .post('/auth/logout', { headers: { ...headers, 'sec-fetch-site': 'same-origin' } });
    const ms = await took(connection.ended);
    expect([loggedOut.status, await connection.ended]).toEqual([204, code]);
    if (process.env['FIGURES'])
      console.log(
        `${transport.name}, ${what}, ${adapter}: ${ms.toFixed(1)} ms after the answer to the logout`,
      );
    // Another sign-in of the same user goes on.
    expect(live.size).toBe(1);
    await other.close();
    await until('the other is released', () => live.size === 0);
  });

  it('is not watched any more when the client has gone', async () => {
    const headers = { authorization: `Bearer ${await tokenOf(app, 'user-1')}` };
    const connections = await Promise.all(Array.from({ length: 20 }, () => transport.open(app.url, headers)));
    await until('they are watched', () => live.size > 0);
    await Promise.all(connections.map((one) => one.close()));
    await until('they are released', () => live.size === 0);
  });
});

describe.each(ADAPTERS)('a client of Socket.IO that is refused, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    const { parts, configure } = TRANSPORTS.find(({ name }) => name === 'Socket.IO')!;
    app = await startTestApp({ adapter, ...parts, configure });
  });
  afterAll(() => app.close());

  it('is told why, and disconnected', async () => {
    const socket = io(app.url, { auth: { token: 'eyJ' }, reconnection: false, forceNew: true });
    const told = new Promise((resolve) => socket.once('exception', resolve));
    await new Promise<void>((resolve) => socket.once('disconnect', () => resolve()));
    expect(await told).toMatchObject({ status: 'error', code: 'AUTH_ACCESS_TOKEN_INVALID' });
  });
});
