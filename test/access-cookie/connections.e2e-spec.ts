import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UseGuards } from '@nestjs/common';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { AnyAuthGuard, CurrentUser, JwtAuthGuard, type Principal, RequestAuthenticator } from 'nestjs-aerie';
import type { WebSocket } from 'ws';
import { Clock } from '../../libs/auth/src/time/clock.js';
import { AnswersRefusals } from '../nest-integration/answers-refusals.js';
import { GraphqlClient } from '../nest-integration/graphql-client.js';
import { TestGraphqlDriver } from '../nest-integration/graphql-driver.js';
import { SocketClient } from '../nest-integration/socket-client.js';
import { tokenOf } from '../nest-integration/credentials.js';
import { ADAPTERS, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';
import { MINUTE } from '../support/time-passes.js';
import { ACCESS_COOKIE } from './cookie-app.js';

@AnswersRefusals()
@WebSocketGateway({ path: '/socket' })
class Gateway {
  constructor(private readonly requests: RequestAuthenticator) {}

  async handleConnection(client: WebSocket, request: never): Promise<void> {
    await this.requests.connection(client, request).then(
      () => client.send('"welcome"'),
      () => client.close(4401),
    );
  }

  @UseGuards(JwtAuthGuard)
  @SubscribeMessage('who')
  who(@CurrentUser() user: Principal) {
    return { event: 'answer', data: user.id };
  }
}

@Resolver()
class HostResolver {
  @UseGuards(AnyAuthGuard)
  @Query(() => String)
  any(@CurrentUser('id') id: string): string {
    return id;
  }
}

describe.each(ADAPTERS)('a WebSocket with an access token in a cookie, on %s', (adapter) => {
  const clock = new TestClock();
  let app: TestApp;
  let cookie: string;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
      options: { accessTokens: { cookie: true } },
      providers: [Gateway],
      configure: (nest) => nest.useWebSocketAdapter(new WsAdapter(nest)),
    });
    await app.users.add('ada');
    await app.users.add('eve');
    cookie = `${ACCESS_COOKIE}=${await tokenOf(app, 'user-1')}`;
  });
  afterAll(() => app.close());

  const connect = (headers: Record<string, string>) =>
    SocketClient.connect(`${app.url.replace(/^http/, 'ws')}/socket`, headers);

  it('is known, and each message is checked until the token expires', async () => {
    const socket = await connect({ cookie, origin: ISSUER });
    expect(await socket.next()).toBe('welcome');
    expect(await socket.ask('who')).toEqual({ event: 'answer', data: 'user-1' });
    clock.pass(16 * MINUTE);
    expect(await socket.ask('who')).toMatchObject({ data: { code: 'AUTH_ACCESS_TOKEN_EXPIRED' } });
    clock.pass(-16 * MINUTE);
    await socket.close();
  });

  it('is refused to a page of another site, though it opens with a GET', async () => {
    for (const origin of ['https://evil.example', 'null']) {
      const socket = await connect({ cookie, origin });
      expect(await socket.closed).toMatchObject({ code: 4401 });
    }
  });

  it('is decided by an Authorization header alone', async () => {
    const authorization = `Bearer ${await tokenOf(app, 'user-2')}`;
    const socket = await connect({ cookie, authorization });
    expect(await socket.next()).toBe('welcome');
    expect(await socket.ask('who')).toEqual({ event: 'answer', data: 'user-2' });
    await socket.close();
  });
});

describe.each(ADAPTERS)('a connection of graphql-ws with an access token in a cookie, on %s', (adapter) => {
  it('has its origin checked, and carries operations', async () => {
    const app = await startTestApp({
      adapter,
      options: { accessTokens: { cookie: true } },
      imports: [GraphQLModule.forRoot({ driver: TestGraphqlDriver, autoSchemaFile: true } as never)],
      providers: [HostResolver],
    });
    await app.users.add('ada');
    const cookie = `${ACCESS_COOKIE}=${await tokenOf(app, 'user-1')}`;
    const asked = async (origin: string) => {
      const client = await GraphqlClient.connect(app.url, { cookie, origin });
      const answered = await client.ask('{ any }');
      await client.close();
      return answered;
    };
    expect(await asked(ISSUER)).toEqual({ next: [{ data: { any: 'user-1' } }] });
    expect(JSON.stringify(await asked('https://evil.example'))).toContain('AUTH_CSRF_REJECTED');
    await app.close();
  });
});
