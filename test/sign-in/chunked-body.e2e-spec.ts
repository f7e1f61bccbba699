import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PASSWORD, refresh, REFRESH_COOKIE, SESSION_COOKIE, signIn } from '../support/sign-ins.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';

describe.each(ADAPTERS)('a body of unknown length, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  /** Status and text of the answer to a body in chunks. */
  const post = (path: string, headers: Record<string, string>, ...chunks: string[]) =>
    new Promise<[number | undefined, string]>((resolve, reject) => {
      const sent = httpRequest(
        app.url + path,
        { method: 'POST', headers: { ...headers, 'transfer-encoding': 'chunked' } },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.once('end', () => resolve([response.statusCode, text]));
        },
      );
      sent.once('error', reject);
      for (const chunk of chunks) sent.write(chunk);
      sent.end();
    });
  const JSON_TYPE = { 'content-type': 'application/json' };

  it('is read', async () => {
    const body = JSON.stringify({ identifier: 'ada', password: PASSWORD, mode: 'tokens' });
    const [status, text] = await post('/auth/login', JSON_TYPE, body.slice(0, 20), body.slice(20));
    expect(status).toBe(200);
    const token = (JSON.parse(text) as { refresh_token: string }).refresh_token;
    expect((await post('/auth/logout', JSON_TYPE, JSON.stringify({ refresh_token: token })))[0]).toBe(204);
    expect((await refresh(app, token)).status).toBe(401);
  });

  it.each([[{}], [JSON_TYPE], [{ 'content-type': 'text/plain' }]])(
    'that turns out empty is none, whatever its type: %j',
    async (type) => {
      const { client } = await signIn(app, 'hybrid');
      const cookie = `${REFRESH_COOKIE}=${await client.cookie(REFRESH_COOKIE)}`;
      expect((await post('/auth/refresh', { cookie, ...type }))[0]).toBe(200);
      const session = await signIn(app, 'session');
      const held = `${SESSION_COOKIE}=${await session.client.cookie(SESSION_COOKIE)}`;
      expect((await post('/auth/logout-all', { cookie: held, ...type }))[0]).toBe(204);
    },
  );

  it('that is of another type is refused', async () => {
    for (const type of [{}, { 'content-type': 'text/plain' }, { ...JSON_TYPE, 'content-encoding': 'gzip' }]) {
      const [status, text] = await post('/auth/refresh', type, '{}');
      expect([status, JSON.parse(text)]).toEqual([
        400,
        expect.objectContaining({ code: 'AUTH_REQUEST_INVALID' }),
      ]);
    }
  });
});
