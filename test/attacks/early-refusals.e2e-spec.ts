import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import type { INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { gzipSync } from 'node:zlib';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';

const PAGE = 'https://app.example.com';
const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const LARGE = 'x'.repeat(20_000);

const MALFORMED: Record<string, { type: string; body: string | Uint8Array<ArrayBuffer>; encoding?: string }> =
  {
    'half an object': { type: JSON_TYPE, body: '{"identifier":' },
    'a member inside a member': { type: JSON_TYPE, body: '{"identifier":{"a":1}}' },
    'more than 16 KiB': { type: JSON_TYPE, body: `{"identifier":"${LARGE}"}` },
    'a megabyte': { type: JSON_TYPE, body: `{"identifier":"${'x'.repeat(1_048_576)}"}` },
    'another type': { type: 'text/plain', body: '{}' },
    compressed: { type: JSON_TYPE, body: new Uint8Array(gzipSync('{}')), encoding: 'gzip' },
    'not UTF-8': { type: JSON_TYPE, body: new Uint8Array([0x7b, 0xff, 0x7d]) },
  };
const ROUTES = [
  'POST /auth/login',
  'POST /auth/refresh',
  'POST /auth/logout',
  'POST /auth/logout-all',
  'DELETE /auth/sign-ins/1',
];

describe.each(ADAPTERS)("an early refusal passes through the host's middleware, on %s", (adapter) => {
  let app: TestApp;
  /** What the host's parser was shown. */
  const parsed: unknown[] = [];
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      options: { trustedOrigins: [PAGE], features: [serviceIssuer()] },
      configure: adapter === 'express' ? onExpress : onFastify,
    });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  /** As helmet and a body parser of the host's own. */
  function onExpress(host: INestApplication): void {
    host.enableCors({ origin: PAGE, credentials: true });
    host.use(
      (_request: unknown, response: { setHeader(name: string, value: string): void }, next: () => void) => {
        response.setHeader('X-Frame-Options', 'DENY');
        next();
      },
    );
    const verify = (_request: unknown, _response: unknown, bytes: Buffer) => void parsed.push(bytes.length);
    (host as NestExpressApplication).useBodyParser('json', { limit: '50mb', verify } as never);
  }

  function onFastify(host: INestApplication): void {
    host.enableCors({ origin: PAGE, credentials: true, hook: 'preHandler' } as never);
    const fastify = (host as NestFastifyApplication).getHttpAdapter().getInstance();
    fastify.addHook('preValidation', (_request, reply, done) => {
      void reply.header('X-Frame-Options', 'DENY');
      done();
    });
    fastify.addHook('preHandler', (request, _reply, done) => {
      if (request.body !== undefined && request.body !== null) parsed.push(request.body);
      done();
    });
  }

  async function send(
    route: string,
    type: string,
    body: string | Uint8Array<ArrayBuffer>,
    encoding?: string,
  ) {
    const [method, path] = route.split(' ') as [string, string];
    const headers = { origin: PAGE, 'content-type': type, ...(encoding && { 'content-encoding': encoding }) };
    const response = await fetch(app.url + path, { method, headers, body });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.json(),
    };
  }

  const REFUSED = {
    status: 400,
    headers: {
      'access-control-allow-origin': PAGE,
      'access-control-allow-credentials': 'true',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    },
    body: { statusCode: 400, code: 'AUTH_REQUEST_INVALID', message: expect.any(String) },
  };

  it.each(ROUTES.flatMap((route) => Object.keys(MALFORMED).map((name) => [route, name] as const)))(
    '%s with %s',
    async (route, name) => {
      parsed.length = 0;
      const { type, body, encoding } = MALFORMED[name]!;
      expect(await send(route, type, body, encoding)).toMatchObject(REFUSED);
      expect(parsed).toEqual([]);
    },
  );

  it.each([
    ['a field twice', FORM_TYPE, 'grant_type=a&grant_type=b'],
    ['JSON', JSON_TYPE, '{}'],
    ['more than 16 KiB', FORM_TYPE, `token=${LARGE}`],
  ])('a route of OAuth with %s, in the shape of OAuth', async (_, type, body) => {
    parsed.length = 0;
    for (const route of ['POST /auth/token', 'POST /auth/introspect', 'POST /auth/revoke'])
      expect(await send(route, type, body)).toMatchObject({
        ...REFUSED,
        body: { ...REFUSED.body, error: 'invalid_request', error_description: expect.any(String) },
      });
    expect(parsed).toEqual([]);
  });

  it('leaves a good request and routes of the host as they are', async () => {
    const good = JSON.stringify({ identifier: 'ada', password: 'correct horse battery' });
    const answer = await send('POST /auth/login', JSON_TYPE, good);
    expect(answer).toMatchObject({ ...REFUSED, status: 200, body: { user: { id: 'user-1' } } });
    parsed.length = 0;
    await send('POST /elsewhere', JSON_TYPE, '{"a":{"b":1}}');
    expect(parsed).toHaveLength(1);
  });
});
