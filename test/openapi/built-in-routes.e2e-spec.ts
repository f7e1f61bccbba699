// The built-in routes in the document: all of them, and as they really answer.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestMethod, type Type } from '@nestjs/common';
import { accountFlows } from 'nestjs-aerie/account-flows';
import type { AuthFeature } from 'nestjs-aerie/feature';
import { handover } from 'nestjs-aerie/handover';
import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import { handlersOf } from '../../libs/auth/src/guards/handlers-of.js';
import { AuthController } from '../../libs/auth/src/http/auth.controller.js';
import { JwksController } from '../../libs/auth/src/http/jwks.controller.js';
import { CORE_ROUTES, JWKS_ROUTES } from '../../libs/auth/src/openapi/core-routes.js';
import { WHAT_TO_DO } from '../../libs/auth/src/openapi/error-answers.js';
import { builtInAnswers, type DescribedAnswers, watchAnswers } from '../support/described-answers.js';
import type { HttpClient } from '../support/http-client.js';
import { LogTrap } from '../support/log-trap.js';
import { readPage } from '../support/markdown.js';
import { basic, type Held, registered } from '../support/service-requests.js';
import { PASSWORD, REFRESH_COOKIE } from '../support/sign-ins.js';
import { ADAPTERS, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';

/** The routes of a controller, as descriptions name them. */
const routesOf = (controller: Type): string[] =>
  handlersOf(controller).flatMap(([, handler]) => {
    const method = Reflect.getMetadata('method', handler) as RequestMethod | undefined;
    const path = Reflect.getMetadata('path', handler) as string;
    return method === undefined ? [] : [`${RequestMethod[method]} /${path}`];
  });

const everyFlow = accountFlows({
  mailer: { send: async () => undefined },
  verifyEmail: true,
  reset: true,
  changePassword: true,
  changeEmail: true,
  notMe: true,
  newDevice: true,
  magicLink: true,
  codes: true,
});

describe('the descriptions', () => {
  it.each([
    ['the core', [AuthController], CORE_ROUTES],
    ['the public keys', [JwksController], JWKS_ROUTES],
    ...[everyFlow, serviceIssuer(), handover()].map(
      ({ name, controllers = [], describes = {} }: AuthFeature) => [name, controllers, describes] as const,
    ),
  ] as const)('have each route of %s, and no other', (_name, controllers, describes) => {
    const routes = controllers.flatMap((one) => routesOf(one as Type));
    expect(Object.keys(describes).sort()).toEqual([...new Set(routes)].sort());
  });

  it('say of each error what docs/errors.md says', () => {
    const rows = [
      ...readPage('docs/errors.md').text.matchAll(/^\| \[(AUTH_\w+)\]\S+ +\| \d+ +\| (.*?) +\|$/gm),
    ];
    expect(Object.fromEntries(rows.map(([, code, todo]) => [code, todo]))).toEqual(WHAT_TO_DO);
  });
});

describe.each(ADAPTERS)('the built-in routes, on %s', (adapter) => {
  let app: TestApp;
  let answers: DescribedAnswers;
  let service: Held;
  beforeAll(async () => {
    const features = [serviceIssuer(), handover()];
    app = await startTestApp({ adapter, options: { features }, override: new LogTrap().override });
    answers = await builtInAnswers(app.app);
    await app.users.add('ada');
    service = await registered(app, {
      id: 'stock',
      audiences: [ISSUER, 'https://stock.example.com'],
      scopes: ['revocations'],
      resource: 'https://stock.example.com',
    });
  });
  afterAll(() => app.close());

  const client = (): HttpClient => {
    const one = app.client();
    watchAnswers(one, answers);
    return one;
  };
  const signedIn = async (mode: string): Promise<HttpClient> => {
    const one = client();
    await one.post('/auth/login', { json: { identifier: 'ada', password: PASSWORD, mode } });
    return one;
  };

  it('answer as they are described when all is well', async () => {
    const ada = await signedIn('session');
    await ada.get('/auth/me');
    await ada.get('/auth/sign-ins');
    await ada.post('/auth/step-up', { json: { password: PASSWORD } });
    await ada.post('/auth/handover', { json: { target: '/next' } });
    await ada.post('/auth/logout-all', { json: { except_current: true } });
    const list = (await ada.get('/auth/sign-ins')).body as { id: string }[];
    await ada.delete(`/auth/sign-ins/${list[0]!.id}`);
    const hybrid = await signedIn('hybrid');
    await hybrid.post('/auth/refresh', { headers: { 'idempotency-key': 'a'.repeat(32) } });
    await hybrid.post('/auth/logout');
    const tokens = await client().post('/auth/login', {
      json: { identifier: 'ada', password: PASSWORD, mode: 'tokens' },
    });
    const { refresh_token, access_token } = tokens.body as Record<string, string>;
    await client().post('/auth/access-token/revoke', { bearer: access_token! });
    await client().post('/auth/refresh', { json: { refresh_token } });
    const { headers } = await client().get('/.well-known/jwks.json');
    await client().get('/.well-known/jwks.json', { headers: { 'if-none-match': headers.get('etag')! } });
    const form = { 'content-type': 'application/x-www-form-urlencoded', ...basic(service) };
    const { body } = await client().post('/auth/token', {
      raw: `grant_type=client_credentials&audience=${encodeURIComponent(ISSUER)}`,
      headers: form,
    });
    const token = body.access_token as string;
    await client().post('/auth/introspect', { raw: `token=${access_token}`, headers: form });
    const revocations = await client().get('/auth/revocations?after=0', { bearer: token });
    const etag = { 'if-none-match': revocations.headers.get('etag')! };
    await client().get('/auth/revocations?after=0', { bearer: token, headers: etag });
    await client().post('/auth/revoke', { raw: `token=${token}`, headers: form });
    const successes = answers.described.filter((one) => / (2\d\d|304)$/.test(one));
    expect(successes.filter((one) => !answers.seen.has(one))).toEqual([]);
    expect(successes.length).toBeGreaterThan(15);
  });

  it('refuse as they are described', async () => {
    const evil = { headers: { origin: 'https://evil.example.com' } };
    const ada = await signedIn('session');
    await client().post('/auth/login', { json: { identifier: 'ada' } });
    await client().post('/auth/login', { json: { identifier: 'ada', password: 'a wrong one' } });
    await client().post('/auth/login', { json: { identifier: 'ada', password: PASSWORD }, ...evil });
    await client().post('/auth/refresh');
    await client().post('/auth/refresh', { json: { refresh_token: 'x' } });
    await client().post('/auth/refresh', { json: { no: 1 } });
    await client().post('/auth/refresh', { headers: { cookie: `${REFRESH_COOKIE}=x`, ...evil.headers } });
    for (const path of ['step-up', 'logout-all']) {
      await client().post(`/auth/${path}`, { json: {} });
      await ada.post(`/auth/${path}`, { json: { no: 1 } });
      await ada.post(`/auth/${path}`, { json: {}, ...evil });
    }
    await client().get('/auth/me', { bearer: 'x' });
    await client().get('/auth/me?access_token=eyJhbGciOiJIUzI1NiJ9.e30.x');
    await client().get('/auth/sign-ins');
    await ada.delete('/auth/sign-ins/none');
    await client().delete('/auth/sign-ins/none');
    await ada.post('/auth/logout', evil);
    await client().post('/auth/access-token/revoke');
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    await client().post('/auth/token', {
      raw: 'grant_type=password',
      headers: { ...form, ...basic(service) },
    });
    await client().post('/auth/token', { raw: 'grant_type=client_credentials', headers: form });
    await client().post('/auth/introspect', { raw: '', headers: { ...form, ...basic(service) } });
    await client().get('/auth/revocations');
    await client().post('/auth/handover');
    const statuses = new Set([...answers.seen].map((one) => one.slice(one.lastIndexOf(' ') + 1)));
    expect([...statuses].sort()).toEqual(expect.arrayContaining(['400', '401', '403', '404']));
  });

  it('are unavailable as they are described', async () => {
    const ada = await signedIn('session');
    const { body } = await client().post('/auth/login', {
      json: { identifier: 'ada', password: PASSWORD, mode: 'tokens' },
    });
    await app.source.destroy();
    const refused = [
      await ada.get('/auth/sign-ins'),
      await client().post('/auth/refresh', { json: { refresh_token: body.refresh_token } }),
      await client().post('/auth/login', { json: { identifier: 'ada', password: PASSWORD } }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([503, 503, 503]);
  });
});

describe('an answer that is not as it is described', () => {
  it('would be seen', async () => {
    const app = await startTestApp();
    const answers = await builtInAnswers(app.app);
    const me =
      (status: number, body: unknown, setCookies: string[] = []) =>
      () =>
        answers.check('GET', '/auth/me', {}, { status, body, setCookies, headers: new Headers() });
    const user = { id: '1', roles: [], scopes: [], email: 'ada@example.com' };
    expect(me(200, { user })()).toBe(true);
    expect(me(200, {})).toThrow("must have required property 'user'");
    expect(me(200, { user, more: 1 })).toThrow('must NOT have additional properties');
    expect(me(200, { user: { ...user, roles: null } })).toThrow('must be array');
    expect(me(418, {})).toThrow('get /auth/me 418 is not described');
    expect(me(200, { user }, ['a=b'])).toThrow('sets cookies: a');
    const error = { statusCode: 401, code: 'AUTH_CREDENTIALS_MISSING', message: '' };
    expect(me(401, error)).toThrow('lacks www-authenticate');
    expect(me(401, { ...error, code: 'AUTH_FORBIDDEN' })).toThrow(
      'must be equal to one of the allowed values',
    );
    expect(answers.check('GET', '/elsewhere', {}, { status: 200 } as never)).toBe(false);
  });
});
