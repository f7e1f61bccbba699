import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { AnyAuthGuard, AuthError, CurrentUser, RequestAuthenticator } from 'nestjs-aerie';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ADAPTERS, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';
import { cookieOf } from './credentials.js';

@Controller()
class SocketController {
  /** What a framework's own WebSocket route is: a guarded GET. */
  @UseGuards(AnyAuthGuard)
  @Get('socket')
  socket(@CurrentUser('id') id: string) {
    return { id };
  }

  @UseGuards(AuthGuard('aerie-session'))
  @Get('chain')
  chain(@CurrentUser('id') id: string) {
    return { id };
  }
}

describe.each(ADAPTERS)('a handshake that reaches a route, on %s', (adapter) => {
  let app: TestApp;
  let cookie: string;
  beforeAll(async () => {
    app = await startTestApp({ adapter, controllers: [SocketController] });
    await app.users.add('ada');
    cookie = await cookieOf(app, 'user-1');
  });
  afterAll(() => app.close());

  const open = async (path: string, headers: Record<string, string>) => {
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
    const sent = httpRequest(app.url + path, { headers: { cookie, ...upgrade, ...headers } }).end();
    const [answer] = (await once(sent, 'response')) as [NodeJS.ReadableStream];
    return JSON.parse(await text(answer)) as { id?: string; code?: string };
  };

  it('has its origin checked, though it is a GET', async () => {
    for (const path of ['/socket', '/chain']) {
      expect(await open(path, { origin: ISSUER })).toEqual({ id: 'user-1' });
      expect(await open(path, {})).toEqual({ id: 'user-1' });
      for (const origin of ['https://evil.example', 'null', `${ISSUER}.evil.example`])
        expect(await open(path, { origin })).toMatchObject({ code: 'AUTH_CSRF_REJECTED' });
    }
  });

  it('leaves other GETs of other sites alone', async () => {
    const answer = await app.client().get('/socket', { headers: { cookie, origin: 'https://evil.example' } });
    expect(answer.status).toBe(200);
  });

  it('has its origin checked over HTTP/2 too (extended CONNECT)', async () => {
    const server = createServer({ settings: { enableConnectProtocol: true } });
    server.on('stream', (stream, headers) => {
      const request = { method: headers[':method'], headers };
      const found = app.app.get(RequestAuthenticator).authenticate(request as never, 'any');
      const said = found.then(
        ({ id }) => id,
        (error: AuthError) => error.code,
      );
      void said.then((word) => stream.respond() ?? stream.end(word));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await once(client, 'remoteSettings');
    const ask = (origin: string) => {
      const pseudo = {
        ':method': 'CONNECT',
        ':protocol': 'websocket',
        ':path': '/socket',
        ':scheme': 'http',
      };
      return text(
        client.request({ ...pseudo, ':authority': '127.0.0.1', cookie, origin }, { endStream: true }),
      );
    };
    const said = [await ask(ISSUER), await ask('https://evil.example')];
    client.destroy();
    server.close();
    expect(said).toEqual(['user-1', 'AUTH_CSRF_REJECTED']);
  });
});
