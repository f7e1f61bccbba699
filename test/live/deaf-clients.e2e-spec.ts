// A client that does not answer the close frame: `ws` keeps its connection for 30 seconds more.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WsAdapter } from '@nestjs/platform-ws';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import { LiveSignIns, RequestAuthenticator, type TokensResult } from 'nestjs-aerie';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type Socket, connect } from 'node:net';
import type { WebSocket } from 'ws';
import { ADAPTERS, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';

/** It checks the sign-in when a client connects, and has no guard for messages. */
@WebSocketGateway({ path: '/orders' })
class OrdersGateway implements OnGatewayConnection {
  readonly orders: unknown[] = [];

  constructor(
    private readonly requests: RequestAuthenticator,
    private readonly live: LiveSignIns,
  ) {}

  async handleConnection(client: WebSocket, request: IncomingMessage) {
    this.live.closeWhenSignedOut(client, await this.requests.connection(client, request));
    client.send('welcome');
  }

  @SubscribeMessage('order')
  order(@MessageBody() order: unknown, @ConnectedSocket() client: WebSocket) {
    this.orders.push(order);
    return { event: 'done', data: client.readyState };
  }
}

/** A text frame of a client (RFC 6455, section 5.2), masked with zeros. */
function frame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}

describe.each(ADAPTERS)('a client of ws that does not close its end, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      providers: [OrdersGateway],
      configure: (nest) => nest.useWebSocketAdapter(new WsAdapter(nest)),
    });
  });
  afterAll(() => app.close());

  /** Reads until these bytes come. */
  async function read(socket: Socket, wanted: string): Promise<void> {
    for (let seen = ''; !seen.includes(wanted);) seen += String((await once(socket, 'data'))[0]);
  }

  it('is not heard any more', async () => {
    const { id } = await app.users.add(`ada on ${adapter}`);
    const { accessToken } = (await app.authentication.signIn(id, { mode: 'tokens' })) as TokensResult;
    const { hostname, port } = new URL(app.url);
    const socket = connect({ host: hostname, port: Number(port) });
    const lines = [
      'GET /orders HTTP/1.1',
      `Host: ${hostname}`,
      `Origin: ${ISSUER}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      `Authorization: Bearer ${accessToken}`,
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    await read(socket, 'welcome');
    socket.write(frame('{"event":"order","data":1}'));
    await read(socket, '"done"');
    await app.authentication.endAllSignIns(id);
    await read(socket, 'AUTH_ACCESS_TOKEN_REVOKED');
    // The close frame behind it ends the connection when the message has been read.
    socket.write(Buffer.concat([frame('{"event":"order","data":2}'), Buffer.from([0x88, 0x80, 0, 0, 0, 0])]));
    await once(socket, 'close');
    expect(app.app.get(OrdersGateway).orders).toEqual([1]);
  });
});
