import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type CanActivate, Injectable, UseGuards } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  AnyAuthGuard,
  AuthError,
  CurrentUser,
  JwtAuthGuard,
  type Principal,
  Public,
  RequestAuthenticator,
  Roles,
  RolesGuard,
} from 'nestjs-aerie';
import type { WebSocket } from 'ws';
import { IS_NEST_11 } from '../support/nest-version.js';
import { ADAPTERS, type Adapter, startTestApp, type TestApp } from '../support/test-app.js';
import { AnswersRefusals } from './answers-refusals.js';
import { cookieOf, tokenOf } from './credentials.js';
import { SocketClient } from './socket-client.js';

const said = (user: Principal | undefined) => ({ event: 'answer', data: { id: user?.id ?? null } });

/** A guard of the host that takes its time, behind one of ours. */
@Injectable()
class GateGuard implements CanActivate {
  static reached: () => void;
  static opened: Promise<boolean>;

  canActivate(): Promise<boolean> {
    GateGuard.reached();
    return GateGuard.opened;
  }
}

/** Nothing is asked at connection: the client object has no handshake to read then. */
@AnswersRefusals()
@WebSocketGateway({ path: '/careless' })
class CarelessGateway {
  @UseGuards(JwtAuthGuard)
  @SubscribeMessage('token')
  token(@CurrentUser() user: Principal) {
    return said(user);
  }

  @SubscribeMessage('plain')
  plain(@CurrentUser() user: Principal) {
    return said(user);
  }

  @Public()
  @SubscribeMessage('open')
  open(@CurrentUser() user: Principal | undefined) {
    return said(user);
  }
}

@AnswersRefusals()
@WebSocketGateway({ path: '/careful' })
class CarefulGateway {
  constructor(private readonly requests: RequestAuthenticator) {}

  async handleConnection(client: WebSocket, request: never): Promise<void> {
    try {
      const { id } = await this.requests.connection(client, request);
      client.send(JSON.stringify({ event: 'ready', data: { id } }));
    } catch (error) {
      client.close(4401, error instanceof AuthError ? error.code : 'unknown');
    }
  }

  @UseGuards(JwtAuthGuard)
  @SubscribeMessage('token')
  token(@CurrentUser() user: Principal) {
    return said(user);
  }

  @UseGuards(AnyAuthGuard)
  @SubscribeMessage('any')
  any(@CurrentUser() user: Principal) {
    return said(user);
  }

  @UseGuards(AnyAuthGuard)
  @Roles('admin')
  @SubscribeMessage('administered')
  administered() {
    return said(undefined);
  }

  @UseGuards(RolesGuard)
  @Roles('editor')
  @SubscribeMessage('forgotten')
  forgotten() {
    return said(undefined);
  }

  @UseGuards(AnyAuthGuard, GateGuard)
  @SubscribeMessage('gated')
  gated(@CurrentUser() user: Principal) {
    return said(user);
  }

  @Public()
  @UseGuards(AnyAuthGuard)
  @SubscribeMessage('open')
  open(@CurrentUser() user: Principal | undefined) {
    return said(user);
  }
}

const start = async (adapter: Adapter, globalGuard = false): Promise<TestApp> => {
  const app = await startTestApp({
    adapter,
    options: { globalGuard },
    providers: [CarelessGateway, CarefulGateway],
    configure: (nest) => nest.useWebSocketAdapter(new WsAdapter(nest)),
  });
  await app.users.add('ada', undefined, { roles: ['editor'] });
  return app;
};

const refusedWith = (code: string) => ({
  event: 'exception',
  data: expect.objectContaining({ status: 'error', code, message: expect.any(String) }),
});

describe.each(ADAPTERS)('a WebSocket gateway, on %s', (adapter) => {
  let app: TestApp;
  const open: SocketClient[] = [];
  beforeAll(async () => {
    app = await start(adapter);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.close()));
  });
  afterAll(() => app.close());

  const connect = async (path: string, headers: Record<string, string> = {}) => {
    const client = await SocketClient.connect(`${app.url.replace('http', 'ws')}${path}`, headers);
    open.push(client);
    return client;
  };
  const ready = async (headers: Record<string, string>) => {
    const client = await connect('/careful', headers);
    expect(await client.next()).toEqual({ event: 'ready', data: { id: 'user-1' } });
    return client;
  };
  const bearer = async () => ({ authorization: `Bearer ${await tokenOf(app, 'user-1')}` });

  it('refuses a guarded message of a connection that was not checked', async () => {
    const client = await connect('/careless', await bearer());
    expect(await client.ask('token')).toEqual(refusedWith('AUTH_CREDENTIALS_MISSING'));
    expect(await client.ask('plain')).toEqual({ event: 'answer', data: { id: null } });
  });

  it('passes messages of a connection that was opened with a token', async () => {
    const client = await ready(await bearer());
    expect(await client.ask('token')).toEqual({ event: 'answer', data: { id: 'user-1' } });
    expect(await client.ask('any')).toEqual({ event: 'answer', data: { id: 'user-1' } });
    expect(await client.ask('administered')).toEqual(refusedWith('AUTH_FORBIDDEN'));
  });

  it('passes messages of a connection that was opened with a session, from our own origin', async () => {
    const client = await ready({
      cookie: await cookieOf(app, 'user-1'),
      origin: 'https://api.example.com',
    });
    expect(await client.ask('any')).toEqual({ event: 'answer', data: { id: 'user-1' } });
    expect(await client.ask('token')).toEqual(refusedWith('AUTH_CREDENTIALS_MISSING'));
  });

  it.each([
    ['without credentials', {}, 'AUTH_CREDENTIALS_MISSING'],
    ['with a bad token', { authorization: 'Bearer not.a.token' }, 'AUTH_ACCESS_TOKEN_INVALID'],
    ['with an unknown session', { cookie: '__Host-session=nonsense' }, 'AUTH_SESSION_INVALID'],
  ])('closes a handshake %s', async (_what, headers, code) => {
    const client = await connect('/careful', headers);
    expect(await client.closed).toEqual({ code: 4401, reason: code });
  });

  it("closes a handshake that another site's page makes with the session cookie", async () => {
    const cookie = await cookieOf(app, 'user-1');
    for (const origin of ['https://evil.example', 'null', 'https://api.example.com.evil.example']) {
      const client = await connect('/careful', { cookie, origin });
      expect(await client.closed).toEqual({ code: 4401, reason: 'AUTH_CSRF_REJECTED' });
    }
  });

  it('refuses the next message when the sign-in has ended', async () => {
    const byToken = await ready(await bearer());
    const bySession = await ready({ cookie: await cookieOf(app, 'user-1') });
    expect(await byToken.ask('any')).toMatchObject({ event: 'answer' });
    expect(await bySession.ask('any')).toMatchObject({ event: 'answer' });
    await app.authentication.endAllSignIns('user-1');
    expect(await byToken.ask('any')).toEqual(refusedWith('AUTH_ACCESS_TOKEN_REVOKED'));
    expect(await bySession.ask('any')).toEqual(refusedWith('AUTH_SESSION_INVALID'));
  });

  it('RolesGuard alone refuses, also after a message whose guard found somebody', async () => {
    const client = await ready(await bearer());
    expect(await client.ask('forgotten')).toEqual(refusedWith('AUTH_CREDENTIALS_MISSING'));
    expect(await client.ask('any')).toMatchObject({ event: 'answer' });
    expect(await client.ask('forgotten')).toEqual(refusedWith('AUTH_CREDENTIALS_MISSING'));
  });

  it('a public message has no user, also after a message that had one', async () => {
    const client = await ready(await bearer());
    expect(await client.ask('any')).toEqual({ event: 'answer', data: { id: 'user-1' } });
    expect(await client.ask('open')).toEqual({ event: 'answer', data: { id: null } });
  });

  it('a message keeps its user while another of the same connection is refused', async () => {
    const client = await ready({ cookie: await cookieOf(app, 'user-1') });
    let open!: (value: boolean) => void;
    GateGuard.opened = new Promise((resolve) => (open = resolve));
    const reached = new Promise<void>((resolve) => (GateGuard.reached = resolve));
    client.send('gated');
    await reached;
    expect(await client.ask('token')).toEqual(refusedWith('AUTH_CREDENTIALS_MISSING'));
    open(true);
    expect(await client.next()).toEqual({ event: 'answer', data: { id: 'user-1' } });
  });
});

describe.each(ADAPTERS)('a WebSocket gateway under globalGuard: true, on %s', (adapter) => {
  it('is closed without any decorator, and open where it is @Public', async () => {
    const starting = start(adapter, true);
    if (IS_NEST_11)
      return expect(starting).rejects.toThrow('gateways of Nest 11 (got CarelessGateway.plain, ');
    const app = await starting;
    const client = await SocketClient.connect(`${app.url.replace('http', 'ws')}/careless`);
    expect(await client.ask('plain')).toEqual(refusedWith('AUTH_CREDENTIALS_MISSING'));
    expect(await client.ask('open')).toEqual({ event: 'answer', data: { id: null } });
    await client.close();
    await app.close();
  });
});
