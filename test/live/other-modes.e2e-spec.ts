/** Connections where no feed of the issuer's own process tells: other modes, resource servers, services, HTTP/2. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, type MessageEvent, Sse, UseGuards } from '@nestjs/common';
import {
  CurrentService,
  CurrentUser,
  JwtAuthGuard,
  LiveSignIns,
  type Principal,
  ServiceAuthGuard,
  type ServicePrincipal,
} from 'nestjs-aerie';
import { ServiceClients } from 'nestjs-aerie/service-tokens';
import { RefreshTokenFamily, Session } from 'nestjs-aerie/typeorm';
import { connect } from 'node:http2';
import { NEVER, type Observable, startWith } from 'rxjs';
import { WsAdapter } from '@nestjs/platform-ws';
import { EventsController } from '../../examples/contexts/sse.js';
import { WsGateway } from '../../examples/contexts/ws.js';
import { cookieOf, tokenOf } from '../nest-integration/credentials.js';
import { startIssuer, ORDERS, type Issuer } from '../resource-server/issuer.js';
import { startResourceApp } from '../resource-server/resource-app.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';
import { openSocket } from './connections.js';

/** Streams at a resource server. */
@Controller('streams')
class StreamsController {
  constructor(private readonly live: LiveSignIns) {}

  @UseGuards(JwtAuthGuard)
  @Sse('user')
  user(@CurrentUser() user: Principal): Observable<MessageEvent> {
    return this.of(user);
  }

  @UseGuards(ServiceAuthGuard)
  @Sse('service')
  service(@CurrentService() service: ServicePrincipal): Observable<MessageEvent> {
    return this.of(service);
  }

  private of(who: Principal | ServicePrincipal): Observable<MessageEvent> {
    const live = this.live.liveUntilSignedOut(who);
    return NEVER.pipe(
      startWith({ data: 'open' }),
      live.operator(({ code }) => ({ type: 'signed-out', data: { code } })),
    );
  }
}

/** The code that a stream ended with; the server has admitted it when this returns. */
async function streamOf(url: string, bearer: string): Promise<{ readonly ended: Promise<string> }> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${bearer}` } });
  expect(response.status).toBe(200);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('data: open')) text += (await reader.read()).value ?? '';
  const ended = (async () => {
    for (let read = await reader.read(); !read.done; read = await reader.read()) text += read.value;
    return /"code":"(\w+)"/.exec(text)?.[1] ?? text;
  })();
  return { ended };
}

describe.each(BELOW_THE_EDGE)('connections without a feed, on %s', (adapter) => {
  const start = async (mode: 'lookup' | 'none') => {
    const app = await startTestApp({
      adapter,
      options: { revocation: { mode, maxStaleness: '1s' } },
      providers: [WsGateway],
      configure: (nest) => nest.useWebSocketAdapter(new WsAdapter(nest)),
    });
    await app.users.add('ada');
    return app;
  };
  const bearing = async (app: TestApp) => ({ authorization: `Bearer ${await tokenOf(app, 'user-1')}` });

  it.each(['lookup', 'none'] as const)('%s: end with what their own process ends', async (mode) => {
    const app = await start(mode);
    const sockets = [
      await openSocket(app.url, await bearing(app)),
      await openSocket(app.url, { cookie: await cookieOf(app, 'user-1') }),
    ];
    await app.authentication.endAllSignIns('user-1');
    const reasons = await Promise.all(sockets.map(async ({ closed }) => (await closed).reason));
    expect(reasons).toEqual(['AUTH_ACCESS_TOKEN_REVOKED', 'AUTH_SESSION_INVALID']);
    await app.close();
  });

  it('lookup: end within the staleness with what another process ended', async () => {
    const app = await start('lookup');
    const [tokens, session] = [
      await openSocket(app.url, await bearing(app)),
      await openSocket(app.url, { cookie: await cookieOf(app, 'user-1') }),
    ];
    // Nothing tells this process: it asks.
    const at = Date.now();
    for (const entity of [RefreshTokenFamily, Session])
      await app.source.query(`UPDATE ${app.source.getMetadata(entity).tablePath} SET revoked_at = ${at}`);
    expect((await tokens.closed).reason).toBe('AUTH_ACCESS_TOKEN_REVOKED');
    expect((await session.closed).reason).toBe('AUTH_SESSION_INVALID');
    expect(Date.now() - at).toBeLessThan(5_000);
    await app.close();
  });
});

describe.each(BELOW_THE_EDGE)('connections at a resource server, on %s', (adapter) => {
  let issuer: Issuer;
  beforeAll(async () => {
    issuer = await startIssuer(adapter);
  });
  afterAll(() => issuer.close());

  const start = async (revocation: object) => {
    const service = await startResourceApp({
      adapter,
      controllers: [StreamsController],
      options: { audience: ORDERS, jwksUri: issuer.jwksUri, revocation: revocation as never },
    });
    const url = (await service.app.getUrl()).replace(/\/$/, '');
    return { ...service, url };
  };
  const feed = () => ({
    mode: 'feed',
    url: issuer.revocationsUrl,
    client: issuer.orders,
    pollInterval: '100ms',
    maxStaleness: '2s',
  });

  it('feed: end with a sign-in, and with a service client', async () => {
    const service = await start(feed());
    const caller = await issuer.register({ id: 'caller', scopes: [], audiences: [ORDERS] });
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: caller.clientId,
      client_secret: caller.secret,
    });
    const answer = await fetch(caller.tokenUrl, { method: 'POST', body: form });
    const { access_token: serviceToken } = (await answer.json()) as { access_token: string };
    const user = await streamOf(`${service.url}/streams/user`, await tokenOf(issuer, 'user-1'));
    const stream = await streamOf(`${service.url}/streams/service`, serviceToken);
    await issuer.authentication.endAllSignIns('user-1');
    expect(await user.ended).toBe('AUTH_ACCESS_TOKEN_REVOKED');
    await issuer.app.get(ServiceClients).disable('caller');
    expect(await stream.ended).toBe('AUTH_ACCESS_TOKEN_REVOKED');
    await service.close();
  });

  it('introspection: end within the staleness', async () => {
    const { tokenUrl: _, ...client } = issuer.orders;
    const service = await start({
      mode: 'introspection',
      url: `${issuer.url}/auth/introspect`,
      client,
      maxStaleness: '1s',
    });
    const user = await streamOf(`${service.url}/streams/user`, await tokenOf(issuer, 'user-1'));
    await issuer.authentication.endAllSignIns('user-1');
    expect(await user.ended).toBe('AUTH_ACCESS_TOKEN_REVOKED');
    await service.close();
  });

  it('none: end when the token expires', async () => {
    const service = await start({ mode: 'none' });
    const user = await streamOf(`${service.url}/streams/user`, await tokenOf(issuer, 'user-1'));
    service.clock.pass(16 * 60_000);
    expect(await user.ended).toBe('AUTH_ACCESS_TOKEN_EXPIRED');
    await service.close();
  });
});

describe('a stream of events over HTTP/2', () => {
  it('ends with its sign-in', async () => {
    const app = await startTestApp({
      adapter: 'fastify',
      fastify: { http2: true },
      controllers: [EventsController],
    });
    await app.users.add('ada');
    const session = connect(app.url);
    const stream = session.request({
      ':path': '/events',
      authorization: `Bearer ${await tokenOf(app, 'user-1')}`,
    });
    let text = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    const ended = new Promise((resolve) => stream.once('end', resolve));
    await until('it is open', () => text.includes('data: {"count":0}'));
    await app.authentication.endAllSignIns('user-1');
    await ended;
    expect(text).toMatch(/event: signed-out\n.*data: \{"code":"AUTH_ACCESS_TOKEN_REVOKED"\}\n\n$/s);
    expect(app.app.get(LiveSignIns).size).toBe(0);
    await new Promise<void>((closed) => session.close(closed));
    await app.close();
  });
});
