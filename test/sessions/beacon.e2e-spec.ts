import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refresh, REFRESH_COOKIE, SESSION_COOKIE, signIn } from '../support/sign-ins.js';
import { ADAPTERS, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';

/** What `navigator.sendBeacon(url, data)` sends, by the kind of `data`. */
const BODIES: readonly [string, Record<string, string>, string][] = [
  ['nothing', {}, ''],
  ['a text', { 'content-type': 'text/plain;charset=UTF-8' }, 'bye'],
  ['URLSearchParams', { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }, 'a=1&a=2&b=%'],
  [
    'FormData',
    { 'content-type': 'multipart/form-data; boundary=x' },
    '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
  ],
  ['a Blob without a type', {}, '\u0000\u0001'],
  ['a Blob of some type', { 'content-type': 'image/png' }, 'png'],
  ['60 KiB', { 'content-type': 'text/plain;charset=UTF-8' }, 'x'.repeat(60 * 1024)],
];

describe.each(ADAPTERS)('a logout by navigator.sendBeacon, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  const beacon = (headers: Record<string, string>, raw: string) => {
    const sent = { origin: ISSUER, 'sec-fetch-site': 'same-origin', ...headers };
    // Bytes: fetch gives a text a type of its own.
    return app
      .client()
      .post('/auth/logout', { headers: sent, ...(raw && { raw: Buffer.from(raw) as never }) });
  };

  it.each(BODIES)('ends what the cookies hold, whatever the body is: %s', async (_what, type, raw) => {
    for (const [mode, name] of [
      ['session', SESSION_COOKIE],
      ['hybrid', REFRESH_COOKIE],
    ] as const) {
      const { client, id } = await signIn(app, mode);
      const cookie = `${name}=${await client.cookie(name)}`;
      const { status, setCookies } = await beacon({ cookie, ...type }, raw);
      expect([status, setCookies.length]).toEqual([204, 1]);
      expect(await app.authentication.listSignIns('user-1')).not.toContainEqual(
        expect.objectContaining({ id }),
      );
    }
  });

  it('from another site ends nothing', async () => {
    const { client } = await signIn(app, 'session');
    const headers = {
      cookie: `${SESSION_COOKIE}=${await client.cookie(SESSION_COOKIE)}`,
      origin: 'https://evil.example',
      'sec-fetch-site': 'cross-site',
      'content-type': 'text/plain',
    };
    expect((await beacon(headers, 'bye')).status).toBe(403);
    expect((await client.get('/auth/me')).status).toBe(200);
  });

  it.each(BODIES.slice(1))(
    'without a cookie refuses a body that may hold the token: %s',
    async (_what, type, raw) => {
      const { status, body } = await beacon(type, raw);
      expect([status, body.code]).toEqual([400, 'AUTH_REQUEST_INVALID']);
    },
  );

  it('reads JSON all the same, and ends nothing when it is wrong', async () => {
    const { client } = await signIn(app, 'session');
    const { body } = await signIn(app, 'tokens');
    const cookie = `${SESSION_COOKIE}=${await client.cookie(SESSION_COOKIE)}`;
    const json = { cookie, 'content-type': 'application/json' };
    for (const raw of ['{', '{"token":"x"}', '{"refresh_token":1}', '[]'])
      expect((await beacon(json, raw)).status).toBe(400);
    expect((await client.get('/auth/me')).status).toBe(200);
    expect((await beacon(json, JSON.stringify({ refresh_token: body.refresh_token }))).status).toBe(204);
    expect((await client.get('/auth/me')).status).toBe(401);
    expect((await refresh(app, body.refresh_token)).status).toBe(401);
  });

  it('is the only route that does without its body', async () => {
    const { client } = await signIn(app, 'hybrid');
    const cookie = `${REFRESH_COOKIE}=${await client.cookie(REFRESH_COOKIE)}`;
    const headers = { cookie, 'content-type': 'text/plain' };
    expect((await app.client().post('/auth/refresh', { headers, raw: 'x' })).status).toBe(400);
  });
});
