import { describe, expect, it } from '@jest/globals';
import { UseGuards } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  CurrentService,
  CurrentUser,
  JwtAuthGuard,
  type Principal,
  RequestAuthenticator,
  ServiceAuthGuard,
  type ServicePrincipal,
} from 'nestjs-aerie/resource-server';
import type { WebSocket } from 'ws';
import { AnswersRefusals } from '../nest-integration/answers-refusals.js';
import { SocketClient } from '../nest-integration/socket-client.js';
import { ADAPTERS } from '../support/test-app.js';
import { es256Key } from './es256.js';
import { startResourceApp } from './resource-app.js';

@AnswersRefusals()
@WebSocketGateway({ path: '/socket' })
class Gateway {
  constructor(private readonly requests: RequestAuthenticator) {}

  async handleConnection(client: WebSocket, request: never): Promise<void> {
    await this.requests.connection(client, request).then(
      () => client.send('"welcome"'),
      () => client.close(),
    );
  }

  @UseGuards(JwtAuthGuard)
  @SubscribeMessage('who')
  who(@CurrentUser() user: Principal) {
    return { event: 'answer', data: user.id };
  }

  @UseGuards(ServiceAuthGuard)
  @SubscribeMessage('service')
  service(@CurrentService() service: ServicePrincipal) {
    return { event: 'answer', data: service.clientId };
  }
}

describe.each(ADAPTERS)('a gateway of a resource server, on %s', (adapter) => {
  it('knows who is connected, and refuses what is for services', async () => {
    const key = es256Key('k1');
    const service = await startResourceApp({
      adapter,
      providers: [Gateway],
      options: { jwks: { keys: [key.jwk] } },
      configure: (app) => app.useWebSocketAdapter(new WsAdapter(app)),
    });
    const url = `${(await service.app.getUrl()).replace(/^http/, 'ws')}/socket`;
    const socket = await SocketClient.connect(url, { authorization: `Bearer ${key.token()}` });
    expect(await socket.next()).toBe('welcome');
    expect(await socket.ask('who')).toEqual({ event: 'answer', data: 'user-1' });
    expect(await socket.ask('service')).toMatchObject({ data: { code: 'AUTH_ACCESS_TOKEN_INVALID' } });
    // No cookie is a credential here.
    const other = await SocketClient.connect(url, { cookie: '__Host-session=a; =b' });
    expect(await other.closed).toMatchObject({ code: 1005 });
  });
});
