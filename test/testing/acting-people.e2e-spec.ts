import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthenticationService, type Principal } from 'nestjs-aerie';
import { ActAsModule, actAs } from 'nestjs-aerie/testing';
import { type HttpClient } from '../support/http-client.js';
import { ADAPTERS, BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { CatsController } from './cats.js';

const ada = { id: 'ada', roles: ['admin'], scopes: ['cats:write'], email: 'ada@example.com' };
const bob = { id: 'bob' };
const eve = { id: 'eve', kind: 'session' as const };
/** As `request(server).get('/cats')` of supertest: its headers are set by a method. */
class SetRequest {
  readonly headers: Record<string, string> = {};
  set(name: string, value: string): this {
    this.headers[name] = value;
    return this;
  }
}

describe.each(ADAPTERS)('people of one application, by actAs, on %s', (adapter) => {
  let app: TestApp;
  let client: HttpClient;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      controllers: [CatsController],
      imports: [ActAsModule],
      options: { cookies: { session: { name: '__Host-cats' } } },
    });
    client = app.client();
  });
  afterAll(() => app.close());

  const status = async (method: string, path: string, as: object): Promise<number> =>
    (await client.send(method, path, { headers: { ...actAs(as as Principal) } })).status;

  it('each get their own answer, side by side', async () => {
    const both = await Promise.all([ada, bob].map((who) => client.get('/cats', { headers: actAs(who) })));
    expect(both.map(({ body }) => body.user)).toEqual([
      expect.objectContaining({ ...ada, kind: 'tokens', methods: ['pwd'] }),
      expect.objectContaining({ id: 'bob', roles: [], scopes: [] }),
    ]);
  });

  it('pass the roles and scopes of the route, or do not', async () => {
    expect([await status('DELETE', '/cats', ada), await status('DELETE', '/cats', bob)]).toEqual([200, 403]);
    expect([await status('POST', '/cats', ada), await status('POST', '/cats', bob)]).toEqual([201, 403]);
  });

  it('come with a token, or with a session: a guard for the other one refuses', async () => {
    expect([await status('GET', '/cats/token', bob), await status('POST', '/cats/session', bob)]).toEqual([
      200, 401,
    ]);
    expect([await status('GET', '/cats/token', eve), await status('POST', '/cats/session', eve)]).toEqual([
      401, 201,
    ]);
  });

  it('have their sessions protected from other origins', async () => {
    const headers = { ...actAs(eve), origin: 'https://evil.example.com' };
    const { status, body } = await client.post('/cats/session', { headers });
    expect([status, body.code]).toEqual([403, 'AUTH_CSRF_REJECTED']);
  });

  it('may be absent: without actAs no user is signed in', async () => {
    expect((await client.get('/cats')).status).toBe(401);
    expect((await client.get('/cats/open')).body).toEqual({ id: null });
    expect((await client.get('/cats/open', { headers: actAs(bob) })).body).toEqual({ id: 'bob' });
  });

  it('do not take the place of real sign-ins', async () => {
    await app.users.add('real@example.com', undefined, { id: 'real' });
    const { accessToken } = (await app.app.get(AuthenticationService).signIn('real', { mode: 'tokens' })) as {
      accessToken: string;
    };
    expect((await client.get('/cats/token', { bearer: accessToken })).body).toEqual({ id: 'real' });
    expect((await client.get('/cats/token', { bearer: `${accessToken}x` })).status).toBe(401);
  });

  it('are put into requests of supertest, options of fetch and of inject, and plain headers', async () => {
    const set = new SetRequest();
    expect(actAs(set, bob)).toBe(set);
    const options = { method: 'POST', headers: { 'X-Cat': '1' }, payload: {} };
    const acting = actAs(options, ada);
    expect(acting).toEqual({
      method: 'POST',
      payload: {},
      headers: { 'x-cat': '1', authorization: actAs(ada)['authorization'] },
    });
    expect(options.headers).toEqual({ 'X-Cat': '1' });
    const headers = actAs(new Headers({ authorization: 'Bearer other' }), bob);
    for (const [sent, id] of [
      [set.headers, 'bob'],
      [acting.headers, 'ada'],
      [Object.fromEntries(headers), 'bob'],
    ] as const)
      expect((await client.get('/cats/token', { headers: { ...sent } })).body).toEqual({ id });
  });
});

describe.each(BELOW_THE_EDGE)('actAs in an application without ActAsModule, on %s', (adapter) => {
  it('is nobody', async () => {
    const app = await startTestApp({ adapter, controllers: [CatsController] });
    for (const who of [ada, eve])
      expect((await app.client().get('/cats', { headers: { ...actAs(who) } })).status).toBe(401);
    await app.close();
  });

  it('cannot be let into production', async () => {
    const former = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    try {
      await expect(startTestApp({ adapter, imports: [ActAsModule] })).rejects.toThrow(
        'ActAsModule must not be in production',
      );
    } finally {
      process.env['NODE_ENV'] = former;
    }
  });
});
