import { describe, expect, it } from '@jest/globals';
import { UseGuards } from '@nestjs/common';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { AnyAuthGuard, CurrentUser, type Principal, RequestAuthenticator, Roles } from 'nestjs-aerie';
import { ActAsModule, actAs } from 'nestjs-aerie/testing';
import type { WebSocket } from 'ws';
import { TestGraphqlDriver } from '../nest-integration/graphql-driver.js';
import { SocketClient } from '../nest-integration/socket-client.js';
import { es256Key } from '../resource-server/es256.js';
import { startResourceApp } from '../resource-server/resource-app.js';
import { BELOW_THE_EDGE, startTestApp } from '../support/test-app.js';

const ada = { id: 'ada', roles: ['admin'] };
const bob = { id: 'bob' };
const eve = { id: 'eve', kind: 'session' as const };

@Resolver()
class CatsResolver {
  @UseGuards(AnyAuthGuard)
  @Query(() => String)
  owner(@CurrentUser('id') id: string): string {
    return id;
  }
  @UseGuards(AnyAuthGuard)
  @Roles('admin')
  @Query(() => String)
  administered(): string {
    return 'reached';
  }
}

@WebSocketGateway({ path: '/cats' })
class CatsGateway {
  constructor(private readonly requests: RequestAuthenticator) {}

  async handleConnection(client: WebSocket, request: never): Promise<void> {
    const { id } = await this.requests.connection(client, request);
    client.send(JSON.stringify({ event: 'ready', data: { id } }));
  }
  @UseGuards(AnyAuthGuard)
  @SubscribeMessage('owner')
  owner(@CurrentUser() { id }: Principal) {
    return { event: 'answer', data: { id } };
  }
}

describe.each(BELOW_THE_EDGE)('people of actAs beyond controllers, on %s', (adapter) => {
  it('ask GraphQL, where roles decide', async () => {
    const app = await startTestApp({
      adapter,
      imports: [ActAsModule, GraphQLModule.forRoot({ driver: TestGraphqlDriver, autoSchemaFile: true })],
      providers: [CatsResolver],
    });
    const ask = async (query: string, person: typeof ada | typeof bob | typeof eve) =>
      (await app.client().post('/graphql', { json: { query }, headers: { ...actAs(person) } })).body;
    expect(await ask('{ owner administered }', ada)).toEqual({
      data: { owner: 'ada', administered: 'reached' },
    });
    expect(await ask('{ owner }', eve)).toEqual({ data: { owner: 'eve' } });
    const { data, errors } = await ask('{ administered }', bob);
    expect([data, errors[0].extensions.code]).toEqual([null, 'AUTH_FORBIDDEN']);
    await app.close();
  });

  it.each([ada, eve])('open a WebSocket, and send messages: %j', async (person) => {
    const app = await startTestApp({
      adapter,
      imports: [ActAsModule],
      providers: [CatsGateway],
      configure: (nest) => nest.useWebSocketAdapter(new WsAdapter(nest)),
    });
    const client = await SocketClient.connect(`${app.url.replace('http', 'ws')}/cats`, { ...actAs(person) });
    expect(await client.next()).toEqual({ event: 'ready', data: { id: person.id } });
    expect(await client.ask('owner')).toEqual({ event: 'answer', data: { id: person.id } });
    await client.close();
    await app.close();
  });

  it('reach a service that only verifies tokens', async () => {
    const key = es256Key('k1');
    const service = await startResourceApp({
      adapter,
      options: { jwks: { keys: [key.jwk] }, revocation: { mode: 'none' } } as never,
      imports: [ActAsModule],
    });
    const bearerOf = (person: typeof ada | typeof bob) =>
      actAs(person)['authorization']!.slice('Bearer '.length);
    expect((await service.get('/admin', bearerOf(ada))).status).toBe(200);
    expect((await service.get('/admin', bearerOf(bob))).status).toBe(403);
    expect((await service.get('/orders', key.token())).status).toBe(200);
    expect((await service.get('/orders')).status).toBe(401);
    await service.close();
  });
});
