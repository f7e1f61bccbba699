import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import { Http2Client } from '../support/http2-client.js';
import { PASSWORD, REFRESH_COOKIE, SESSION_COOKIE } from '../support/sign-ins.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('HTTP/2 on fastify, where a body has no content-length', () => {
  let app: TestApp;
  let client: Http2Client;
  beforeAll(async () => {
    app = await startTestApp({
      adapter: 'fastify',
      fastify: { http2: true },
      options: { features: [serviceIssuer()] },
    });
    await app.users.add('ada');
    client = new Http2Client(app.url);
  });
  afterAll(async () => {
    await client.close();
    await app.close();
  });

  const login = (mode: string) =>
    client.json('POST', '/auth/login', { identifier: 'ada', password: PASSWORD, mode });
  const me = async (headers: Record<string, string>) =>
    (await client.send('GET', '/auth/me', headers)).status;
  const valueIn = (setCookies: readonly string[]) => setCookies[0]!.split(';')[0]!;

  it('signs in, refreshes and signs out', async () => {
    const { status, body } = await login('tokens');
    expect(status).toBe(200);
    const refreshed = await client.json('POST', '/auth/refresh', { refresh_token: body.refresh_token });
    expect(refreshed.status).toBe(200);
    const authorization = `Bearer ${refreshed.body.access_token}`;
    expect(await me({ authorization })).toBe(200);
    const json = { refresh_token: refreshed.body.refresh_token };
    expect((await client.json('POST', '/auth/logout', json)).status).toBe(204);
    expect(await me({ authorization })).toBe(401);
    expect((await client.json('POST', '/auth/refresh', json)).status).toBe(401);
  });

  it('ends all but this sign-in when the body says so', async () => {
    const [kept, ended] = [valueIn((await login('session')).setCookies), await login('tokens')];
    const headers = { cookie: kept, 'sec-fetch-site': 'same-origin' };
    const answer = await client.json('POST', '/auth/logout-all', { except_current: true }, headers);
    expect(answer.status).toBe(204);
    expect(await me({ cookie: kept })).toBe(200);
    expect(await me({ authorization: `Bearer ${ended.body.access_token}` })).toBe(401);
  });

  it.each([
    ['none', []],
    ['one of nothing, that ends after its headers', ['']],
  ])('takes no body for no body: %s', async (_what, pieces) => {
    for (const [mode, name] of [
      ['session', SESSION_COOKIE],
      ['hybrid', REFRESH_COOKIE],
    ] as const) {
      const cookie = valueIn((await login(mode)).setCookies);
      expect(cookie).toContain(name);
      if (mode === 'hybrid') {
        const refreshed = await client.send('POST', '/auth/refresh', { cookie }, pieces);
        expect(refreshed.status).toBe(200);
      }
      const typed = { cookie, 'content-type': 'application/json' };
      expect((await client.send('POST', '/auth/logout', typed, pieces)).status).toBe(204);
      expect(await me({ cookie })).toBe(401);
    }
  });

  it('is as strict about a body as HTTP/1.1 is', async () => {
    const send = (headers: Record<string, string>, ...pieces: string[]) =>
      client.send('POST', '/auth/login', headers, pieces);
    const json = { 'content-type': 'application/json' };
    for (const answer of [
      await send({}, '{}'),
      await send({ 'content-type': 'text/plain' }, '{}'),
      await send({ ...json, 'content-encoding': 'gzip' }, '{}'),
      await send(json, '{"identifier":'),
      await send(json, '{"identifier":"', 'a'.repeat(20_000), '"}'),
      await send(json),
    ])
      expect([answer.status, answer.body.code]).toEqual([400, 'AUTH_REQUEST_INVALID']);
    expect((await login('tokens')).status).toBe(200);
  });

  it('reads the forms of services', async () => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await client.send('POST', '/auth/token', type, ['grant_type=client_credentials']);
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
  });

  it('knows its own pages, whatever name of the server their :authority holds', async () => {
    const cookie = valueIn((await login('session')).setCookies);
    const origin = app.url;
    const end = (headers: Record<string, string>) =>
      client.send('DELETE', '/auth/sign-ins/00000000-0000-0000-0000-000000000000', { cookie, ...headers });
    expect((await end({ origin, 'sec-fetch-site': 'same-origin' })).status).toBe(404);
    for (const headers of [
      { origin },
      { origin: 'https://evil.example' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    ] as Record<string, string>[])
      expect((await end(headers)).status).toBe(403);
  });
});
