import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CanActivate, Controller, type ExecutionContext, Get, UseGuards } from '@nestjs/common';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  AnyAuthGuard,
  CurrentUser,
  JwtAuthGuard,
  type Principal,
  Public,
  RecentSignIn,
  RequestAuthenticator,
  RequireRecentSignIn,
  Roles,
  RolesGuard,
  ServiceAuthGuard,
  SessionAuthGuard,
} from 'nestjs-aerie';
import { ServiceClients, serviceIssuer } from 'nestjs-aerie/service-tokens';
import { RecentSignIn as RecentOfServer } from 'nestjs-aerie/resource-server';
import type { WebSocket } from 'ws';
import { clockedStores } from '../support/clocked-stores.js';
import { ADAPTERS, type Adapter, startTestApp, type TestApp } from '../support/test-app.js';
import { MINUTE, SECOND } from '../support/time-passes.js';
import { AnswersRefusals } from './answers-refusals.js';
import { cookieOf, tokenOf } from './credentials.js';
import { TestGraphqlDriver } from './graphql-driver.js';
import { SocketClient } from './socket-client.js';

const REQUIRED = 'AUTH_RECENT_SIGN_IN_REQUIRED';
const CHALLENGE =
  'Bearer error="insufficient_user_authentication", error_description="Confirm that it is you to continue.", max_age="300"';

/** A guard of the host, in front of RolesGuard. */
class HostGuard implements CanActivate {
  canActivate(_context: ExecutionContext): boolean {
    return true;
  }
}

@Controller()
class VaultController {
  constructor(private readonly recent: RecentSignIn) {}

  @UseGuards(AnyAuthGuard)
  @RequireRecentSignIn('5m')
  @Get('any')
  any(@CurrentUser('id') id: string) {
    return { id };
  }

  @UseGuards(JwtAuthGuard)
  @RequireRecentSignIn('5m')
  @Get('jwt')
  jwt() {
    return {};
  }

  @UseGuards(SessionAuthGuard)
  @RequireRecentSignIn('5m')
  @Get('session')
  session() {
    return {};
  }

  @UseGuards(AnyAuthGuard)
  @RequireRecentSignIn('5m')
  @Roles('admin')
  @Get('administered')
  administered() {
    return {};
  }

  @UseGuards(AnyAuthGuard)
  @Get('plain')
  plain() {
    return {};
  }

  @UseGuards(AnyAuthGuard, HostGuard, RolesGuard)
  @RequireRecentSignIn('5m')
  @Get('behind')
  behind() {
    return {};
  }

  @UseGuards(HostGuard, RolesGuard)
  @RequireRecentSignIn('5m')
  @Get('forgotten')
  forgotten() {
    return {};
  }

  @UseGuards(AnyAuthGuard)
  @Get('service-of-mine')
  inService(@CurrentUser() user: Principal) {
    this.recent.require(user, '5m');
    return {};
  }

  @Public({ optional: true })
  @UseGuards(AnyAuthGuard)
  @RequireRecentSignIn('5m')
  @Get('optional')
  optional(@CurrentUser() user: Principal | undefined) {
    return { id: user?.id ?? null };
  }

  @UseGuards(ServiceAuthGuard)
  @RequireRecentSignIn('5m')
  @Get('for-services')
  forServices() {
    return {};
  }
}

@UseGuards(AnyAuthGuard)
@RequireRecentSignIn('5m')
@Controller('safe')
class SafeController {
  @Get('inherited')
  inherited() {
    return {};
  }

  @RequireRecentSignIn('1h')
  @Get('longer')
  longer() {
    return {};
  }

  @Public()
  @Get('open')
  open() {
    return {};
  }
}

@Resolver()
class VaultResolver {
  @UseGuards(AnyAuthGuard)
  @RequireRecentSignIn('5m')
  @Query(() => String)
  vault(): string {
    return 'reached';
  }
}

@AnswersRefusals()
@WebSocketGateway({ path: '/vault' })
class VaultGateway {
  constructor(private readonly requests: RequestAuthenticator) {}

  async handleConnection(client: WebSocket, request: never): Promise<void> {
    await this.requests.connection(client, request);
    client.send(JSON.stringify({ event: 'ready', data: {} }));
  }

  @UseGuards(AnyAuthGuard)
  @RequireRecentSignIn('5m')
  @SubscribeMessage('vault')
  vault() {
    return { event: 'answer', data: {} };
  }
}

async function start(adapter: Adapter) {
  const { clock, stores, override } = clockedStores();
  const app = await startTestApp({
    adapter,
    options: { stores, features: [serviceIssuer()] },
    connection: null,
    override,
    controllers: [VaultController, SafeController],
    imports: [GraphQLModule.forRoot({ driver: TestGraphqlDriver, autoSchemaFile: true })],
    providers: [VaultResolver, VaultGateway],
    configure: (nest) => nest.useWebSocketAdapter(new WsAdapter(nest)),
  });
  await app.users.add('ada');
  return { app, clock };
}

describe.each(ADAPTERS)('@RequireRecentSignIn, on %s', (adapter) => {
  let app: TestApp;
  let clock: Awaited<ReturnType<typeof start>>['clock'];
  beforeAll(async () => ({ app, clock } = await start(adapter)));
  afterAll(() => app.close());

  const bearer = async () => ({ authorization: `Bearer ${await tokenOf(app, 'user-1')}` });
  const session = async () => ({ cookie: await cookieOf(app, 'user-1') });
  const statusAt = async (path: string, headers: Record<string, string>) =>
    (await app.client().get(path, { headers })).status;

  it.each([
    ['any', 'a session', session],
    ['any', 'an access token', bearer],
    ['session', 'a session', session],
    ['jwt', 'an access token', bearer],
    ['behind', 'a session', session],
    ['service-of-mine', 'an access token', bearer],
    ['safe/inherited', 'a session', session],
  ])('admits to /%s by %s for five minutes, and then challenges', async (path, _what, credential) => {
    const headers = await credential();
    expect(await statusAt(`/${path}`, headers)).toBe(200);
    clock.pass(5 * MINUTE - 2 * SECOND);
    expect(await statusAt(`/${path}`, headers)).toBe(200);
    clock.pass(4 * SECOND);
    const answer = await app.client().get(`/${path}`, { headers });
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({
      statusCode: 401,
      code: REQUIRED,
      message: 'Confirm that it is you to continue.',
      max_age: 300,
    });
    expect(answer.headers.get('www-authenticate')).toBe(CHALLENGE);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await statusAt('/plain', headers)).toBe(200);
  });

  it('is not satisfied by a refresh, which authenticates nobody', async () => {
    const result = await app.authentication.signIn('user-1', { mode: 'tokens' });
    if (result.mode === 'session') throw new Error('expected tokens');
    clock.pass(6 * MINUTE);
    const { accessToken } = await app.authentication.refresh(result.refreshToken);
    expect(await statusAt('/any', { authorization: `Bearer ${accessToken}` })).toBe(401);
  });

  it('asks for a credential first, then for the role, then for the time', async () => {
    const headers = await session();
    clock.pass(6 * MINUTE);
    expect((await app.client().get('/any')).body.code).toBe('AUTH_CREDENTIALS_MISSING');
    expect((await app.client().get('/administered', { headers })).body.code).toBe('AUTH_FORBIDDEN');
    app.users.byId.get('user-1')!.roles = ['admin'];
    const other = await bearer();
    expect(await statusAt('/administered', other)).toBe(200);
    app.users.byId.get('user-1')!.roles = [];
  });

  it('of a handler replaces that of its class, and @Public opens it', async () => {
    const headers = await session();
    clock.pass(6 * MINUTE);
    expect(await statusAt('/safe/longer', headers)).toBe(200);
    clock.pass(55 * MINUTE);
    expect(await statusAt('/safe/longer', headers)).toBe(401);
    expect((await app.client().get('/safe/open')).status).toBe(200);
  });

  it('of an optional sign-in concerns users alone', async () => {
    const headers = await session();
    expect((await app.client().get('/optional')).body).toEqual({ id: null });
    expect((await app.client().get('/optional', { headers })).body).toEqual({ id: 'user-1' });
    clock.pass(6 * MINUTE);
    expect((await app.client().get('/optional', { headers })).body.code).toBe(REQUIRED);
    expect((await app.client().get('/optional')).body).toEqual({ id: null });
  });

  it('is closed behind a forgotten guard, and to services', async () => {
    expect(await statusAt('/forgotten', await session())).toBe(401);
    const clients = app.app.get(ServiceClients);
    const { secret } = await clients.register({
      id: 'reports',
      scopes: [],
      audiences: ['https://api.example.com'],
    });
    const basic = Buffer.from(`reports:${secret}`).toString('base64');
    const issued = await fetch(`${app.url}/auth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: token } = (await issued.json()) as { access_token: string };
    const answer = await app.client().get('/for-services', { bearer: token });
    expect(answer.body.code).toBe('AUTH_FORBIDDEN');
  });

  it('is checked in GraphQL, with the limit in the extensions', async () => {
    const headers = await session();
    const ask = async () =>
      (await app.client().post('/graphql', { json: { query: '{ vault }' }, headers })).body;
    expect(await ask()).toEqual({ data: { vault: 'reached' } });
    clock.pass(6 * MINUTE);
    expect((await ask()).errors).toEqual([
      expect.objectContaining({ extensions: { code: REQUIRED, statusCode: 401, max_age: 300 } }),
    ]);
  });

  it('is checked for each message of a WebSocket', async () => {
    const client = await SocketClient.connect(`${app.url.replace('http', 'ws')}/vault`, await bearer());
    expect(await client.next()).toEqual({ event: 'ready', data: {} });
    expect(await client.ask('vault')).toEqual({ event: 'answer', data: {} });
    clock.pass(6 * MINUTE);
    expect(await client.ask('vault')).toEqual({
      event: 'exception',
      data: expect.objectContaining({ status: 'error', code: REQUIRED, max_age: 300 }),
    });
    await client.close();
  });
});

describe('a global guard', () => {
  @Controller()
  class BareController {
    @RequireRecentSignIn('5m')
    @Get('bare')
    bare() {
      return {};
    }
  }

  it('checks it', async () => {
    const { clock, stores, override } = clockedStores();
    const app = await startTestApp({
      options: { stores, globalGuard: true },
      connection: null,
      override,
      controllers: [BareController],
    });
    await app.users.add('ada');
    const headers = { cookie: await cookieOf(app, 'user-1') };
    expect((await app.client().get('/bare', { headers })).status).toBe(200);
    clock.pass(6 * MINUTE);
    expect((await app.client().get('/bare', { headers })).body.code).toBe(REQUIRED);
    await app.close();
  });
});

describe('a duration that is none', () => {
  it.each(['0s', '31d', '5', 5, undefined, '-5m'])('stops the program: %p', (value) => {
    expect(() => RequireRecentSignIn(value as never)).toThrow(
      /@RequireRecentSignIn must be given a duration/,
    );
  });
});

describe('a time of authentication', () => {
  const at = (ms: number) => ({ authenticatedAt: new Date(ms) });

  it('that is unknown or far ahead is not recent', () => {
    const recent = new RecentOfServer(() => 1_000_000_000_000);
    expect(() => recent.require(at(1_000_000_000_000), '5m')).not.toThrow();
    expect(() => recent.require(at(1_000_000_059_000), '5m')).not.toThrow();
    for (const ms of [0, Number.NaN, 1_000_000_061_000, 999_999_699_000])
      expect(() => recent.require(at(ms), '5m')).toThrow(expect.objectContaining({ code: REQUIRED }));
    expect(() => recent.require(at(0), 'soon' as never)).toThrow(TypeError);
  });
});
