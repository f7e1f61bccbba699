import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  AnyAuthGuard,
  AuthError,
  CurrentUser,
  JwtAuthGuard,
  Public,
  RequestAuthenticator,
  ServiceAuthGuard,
} from 'nestjs-aerie';
import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import type { WebSocket } from 'ws';
import { cookieOf, tokenOf } from '../nest-integration/credentials.js';
import { GraphqlClient } from '../nest-integration/graphql-client.js';
import { TestGraphqlDriver } from '../nest-integration/graphql-driver.js';
import { SocketClient } from '../nest-integration/socket-client.js';
import { LogTrap } from '../support/log-trap.js';
import { refreshed, signIn } from '../support/sign-ins.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';

@Controller('host')
class HostController {
  @UseGuards(AnyAuthGuard)
  @Get('any')
  any(@CurrentUser('id') id: string) {
    return { id };
  }

  @UseGuards(JwtAuthGuard)
  @Post('token')
  token(@CurrentUser('id') id: string) {
    return { id };
  }

  @UseGuards(ServiceAuthGuard)
  @Get('service')
  service() {
    return {};
  }

  @UseGuards(AnyAuthGuard)
  @Public({ optional: true })
  @Get('optional')
  optional() {
    return {};
  }
}

@WebSocketGateway({ path: '/socket' })
class Gateway {
  constructor(private readonly requests: RequestAuthenticator) {}

  async handleConnection(client: WebSocket, request: never): Promise<void> {
    const said = await this.requests.connection(client, request).then(
      ({ id }) => id,
      (error: AuthError) => error.code,
    );
    client.send(JSON.stringify(said));
  }

  @SubscribeMessage('nothing')
  nothing() {}
}

@Resolver()
class HostResolver {
  @UseGuards(AnyAuthGuard)
  @Query(() => String)
  any(@CurrentUser('id') id: string): string {
    return id;
  }
}

describe.each(ADAPTERS)('a token in a query string, on %s', (adapter) => {
  const log = new LogTrap();
  let app: TestApp;
  let bearer: string;
  let cookie: string;
  let refreshToken: string;
  const urls = (path: string): readonly string[] => [
    `${path}?access_token=${bearer}`,
    `${path}?a=1&access_token=${bearer}&b=2`,
    `${path}?access%5Ftoken=${bearer}`,
    `${path}?access_token=x`,
    `${path}?refresh_token=x`,
    `${path}?token=${refreshToken}`,
    `${path}?token=rt1%5f${refreshToken.slice(4)}`,
    `${path}?anything=${cookie.split('=')[1]}`,
  ];
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      controllers: [HostController],
      override: log.override,
      options: { features: [serviceIssuer()] },
      providers: [Gateway],
      configure: (nest) => nest.useWebSocketAdapter(new WsAdapter(nest)),
    });
    await app.users.add('ada');
    bearer = await tokenOf(app, 'user-1');
    cookie = await cookieOf(app, 'user-1');
    refreshToken = (await signIn(app, 'tokens')).body.refresh_token as string;
  });
  afterAll(() => app.close());

  const REFUSED = {
    status: 400,
    body: {
      code: 'AUTH_REQUEST_INVALID',
      message: expect.stringMatching(/^The URL has a token in its query/),
    },
  };

  it.each([
    ['GET', '/host/any'],
    ['POST', '/host/token'],
    ['GET', '/host/service'],
    ['GET', '/host/optional'],
    ['GET', '/auth/me'],
    ['GET', '/auth/sign-ins'],
    ['POST', '/auth/login'],
    ['POST', '/auth/refresh'],
    ['POST', '/auth/logout'],
    ['POST', '/auth/logout-all'],
    ['POST', '/auth/token'],
  ])('is refused by %s %s, beside a good credential too', async (method, path) => {
    for (const url of urls(path)) {
      expect(await app.client().send(method, url)).toMatchObject(REFUSED);
      expect(await app.client().send(method, url, { bearer })).toMatchObject(REFUSED);
      expect(await app.client().send(method, url, { headers: { cookie } })).toMatchObject(REFUSED);
    }
  });

  it('ends nothing and exchanges nothing when it is refused', async () => {
    const { body } = await signIn(app, 'tokens');
    const sent = { json: { refresh_token: body.refresh_token } };
    const rotated = () => app.events.filter(({ type }) => type === 'token_rotated').length;
    const before = rotated();
    expect((await app.client().post('/auth/logout?access_token=x', sent)).status).toBe(400);
    expect((await app.client().post('/auth/refresh?access_token=x', sent)).status).toBe(400);
    expect(rotated()).toBe(before);
    await refreshed(app, body.refresh_token);
  });

  it('is refused in the handshake of a WebSocket', async () => {
    for (const url of urls('/socket')) {
      for (const headers of [{}, { cookie }, { authorization: `Bearer ${bearer}` }] as Record<
        string,
        string
      >[]) {
        const socket = await SocketClient.connect(app.url.replace(/^http/, 'ws') + url, headers);
        expect(await socket.next()).toBe('AUTH_REQUEST_INVALID');
        await socket.close();
      }
    }
    const socket = await SocketClient.connect(`${app.url.replace(/^http/, 'ws')}/socket?token=a`, { cookie });
    expect(await socket.next()).toBe('user-1');
    await socket.close();
  });

  it('leaves other parameters to the host', async () => {
    const own = [
      '?token=invitation-7',
      '?token=rt1_short',
      '?access_tokens=1',
      '?my_access_token=1',
      '?q=access_token',
      '?q=access_token%3Dx',
      '?signature=1764360000..x',
      '?',
      '?&',
    ];
    for (const query of own)
      expect((await app.client().get(`/host/any${query}`, { bearer })).status).toBe(200);
  });

  it('never reached the log', () => {
    expect(log.lines.join('\n')).not.toContain(bearer);
    expect(log.lines.join('\n')).not.toContain(refreshToken);
  });
});

describe.each(ADAPTERS)('a token in the URL of a connection of graphql-ws, on %s', (adapter) => {
  it('is refused in each operation', async () => {
    const app = await startTestApp({
      adapter,
      imports: [GraphQLModule.forRoot({ driver: TestGraphqlDriver, autoSchemaFile: true } as never)],
      providers: [HostResolver],
    });
    await app.users.add('ada');
    const authorization = `Bearer ${await tokenOf(app, 'user-1')}`;
    const ask = async (query: string) => {
      const client = await GraphqlClient.connect(app.url, {}, { authorization }, query);
      const answered = await client.ask('{ any }');
      await client.close();
      return JSON.stringify(answered);
    };
    expect(await ask('?access_token=x')).toContain('AUTH_REQUEST_INVALID');
    expect(await ask('?token=x')).toContain('user-1');
    await app.close();
  });
});
