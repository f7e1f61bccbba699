import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WsAdapter } from '@nestjs/platform-ws';
import { WsGateway } from '../../examples/contexts/ws.js';
import { cookieOf, tokenOf } from '../nest-integration/credentials.js';
import { SocketClient } from '../nest-integration/socket-client.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { ISSUER } from '../support/test-app.js';

describe.each(ADAPTERS)('a WebSocket of ws, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      providers: [WsGateway],
      configure: (nest) => nest.useWebSocketAdapter(new WsAdapter(nest)),
    });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  const connect = async (headers: Record<string, string>) => {
    const socket = await SocketClient.connect(`${app.url.replace(/^http/, 'ws')}/ws`, {
      origin: ISSUER,
      ...headers,
    });
    expect(await socket.ask('who')).toEqual({ event: 'who', data: 'user-1' });
    return socket;
  };

  it('closes when its access token sign-in ends', async () => {
    const socket = await connect({ authorization: `Bearer ${await tokenOf(app, 'user-1')}` });
    await app.authentication.endAllSignIns('user-1');
    expect(await socket.closed).toEqual({ code: 4401, reason: 'AUTH_ACCESS_TOKEN_REVOKED' });
  });

  it('closes when its session ends', async () => {
    const socket = await connect({ cookie: await cookieOf(app, 'user-1') });
    await app.authentication.endAllSignIns('user-1');
    expect(await socket.closed).toEqual({ code: 4401, reason: 'AUTH_SESSION_INVALID' });
  });
});
