// Which credentials count, and how a refusal looks, with the drivers that applications use.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { UseGuards } from '@nestjs/common';
import { GraphQLModule, Query, Resolver, Subscription } from '@nestjs/graphql';
import { AnyAuthGuard, CurrentUser, SessionAuthGuard } from 'nestjs-aerie';
import { cookieOf, statementsDuring, tokenOf } from '../nest-integration/credentials.js';
import { type Answered, GraphqlClient } from '../nest-integration/graphql-client.js';
import { ISSUER, startTestApp, type TestApp } from '../support/test-app.js';
import { DRIVERS } from './drivers.js';

@Resolver()
class HostResolver {
  @UseGuards(AnyAuthGuard)
  @Query(() => String)
  any(@CurrentUser('id') id: string): string {
    return id;
  }

  @UseGuards(SessionAuthGuard)
  @Query(() => String)
  session(@CurrentUser('id') id: string): string {
    return id;
  }

  @UseGuards(AnyAuthGuard)
  @Subscription(() => String)
  async *told(@CurrentUser('id') id: string) {
    yield { told: `${id} 1` };
    yield { told: `${id} 2` };
  }
}

const refusedWith = (code: string, statusCode = 401) => [
  expect.objectContaining({ extensions: { code, statusCode } }),
];
/** The drivers differ in where the errors of a subscription come: with a result, or alone. */
const errorsOf = ({ next, errors }: Answered): unknown =>
  errors ?? (next[0] as { errors?: unknown[] } | undefined)?.errors;
const TOLD = [{ data: { told: 'user-1 1' } }, { data: { told: 'user-1 2' } }];

describe.each(DRIVERS)('credentials with $name', ({ adapter, options }) => {
  let app: TestApp;
  let cookie: string;
  let token: string;
  const open: GraphqlClient[] = [];
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      options: { revocation: { mode: 'lookup' } },
      imports: [GraphQLModule.forRoot(options)],
      providers: [HostResolver],
    });
    await app.users.add('ada');
    cookie = await cookieOf(app, 'user-1');
    token = `Bearer ${await tokenOf(app, 'user-1')}`;
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.close()));
  });
  afterAll(() => app.close());

  const connect = async (headers: Record<string, string> = {}, params?: unknown) => {
    const client = await GraphqlClient.connect(app.url, headers, params);
    open.push(client);
    return client;
  };
  const own = { origin: ISSUER };

  /** The same of a query and of a subscription, in both orders: a driver may change the handshake in between. */
  const expectRefused = async (client: GraphqlClient, code: string, statusCode?: number) => {
    for (const query of ['{ any }', 'subscription { told }', '{ any }'])
      expect(errorsOf(await client.ask(query))).toEqual(refusedWith(code, statusCode));
  };

  it('a refused request has the code in extensions.code', async () => {
    const { status, body } = await app.client().post('/graphql', { json: { query: '{ any }' } });
    expect([status, body.errors]).toEqual([200, refusedWith('AUTH_CREDENTIALS_MISSING')]);
    const bearer = token.slice('Bearer '.length);
    const known = await app.client().post('/graphql', { json: { query: '{ any }' }, bearer });
    expect(known.body).toEqual({ data: { any: 'user-1' } });
  });

  it('a connection without credentials is refused, each operation of it', async () => {
    await expectRefused(await connect(), 'AUTH_CREDENTIALS_MISSING');
  });

  it.each([
    ['of the handshake', () => connect({ authorization: token })],
    ['in connectionParams', () => connect({}, { authorization: token })],
    ['in connectionParams, in upper case', () => connect({}, { Authorization: token })],
    ['in connectionParams, beside a cookie', () => connect({ cookie, ...own }, { authorization: token })],
  ])('a token %s counts', async (_where, connected) => {
    const client = await connected();
    expect((await client.ask('{ any }')).next).toEqual([{ data: { any: 'user-1' } }]);
    expect((await client.ask('subscription { told }')).next).toEqual(TOLD);
    expect((await client.ask('{ any }')).next).toEqual([{ data: { any: 'user-1' } }]);
  });

  it('the session cookie of a handshake counts, from a page of ours alone', async () => {
    const client = await connect({ cookie, ...own });
    expect((await client.ask('{ any session }')).next).toEqual([
      { data: { any: 'user-1', session: 'user-1' } },
    ]);
    expect((await client.ask('subscription { told }')).next).toEqual(TOLD);
    for (const params of [undefined, { origin: ISSUER, 'sec-fetch-site': 'same-origin' }])
      await expectRefused(
        await connect({ cookie, origin: 'https://evil.example' }, params),
        'AUTH_CSRF_REJECTED',
        403,
      );
  });

  it.each([
    ['a bad token', 'Bearer not.a.token', 'AUTH_ACCESS_TOKEN_INVALID'],
    ['another scheme', 'Basic YTpi', 'AUTH_CREDENTIALS_MISSING'],
    ['an object', { token: 'x' }, 'AUTH_ACCESS_TOKEN_INVALID'],
    ['null', null, 'AUTH_ACCESS_TOKEN_INVALID'],
  ])('connectionParams.authorization decides alone: %s', async (_form, authorization, code) => {
    await expectRefused(await connect({ cookie, ...own }, { authorization }), code);
  });

  it('two of them are refused', async () => {
    const params = { authorization: token, Authorization: token };
    await expectRefused(await connect({}, params), 'AUTH_ACCESS_TOKEN_INVALID');
  });

  it('nothing else in connectionParams is a credential', async () => {
    for (const params of [{ cookie }, { cookie: 5 }, { cookie: [cookie] }, { token }])
      await expectRefused(await connect(own, params), 'AUTH_CREDENTIALS_MISSING');
  });

  it('several guarded fields ask the table once, the next operation again', async () => {
    const client = await connect({}, { authorization: token });
    const statements = await statementsDuring(app, async () => {
      expect((await client.ask('{ a: any b: any c: any }')).next).toHaveLength(1);
      expect((await client.ask('subscription { told }')).next).toHaveLength(2);
    });
    expect(statements).toHaveLength(2);
  });

  it('the next operation is refused when the sign-in has ended', async () => {
    await app.users.add('eve');
    const client = await connect({}, { authorization: `Bearer ${await tokenOf(app, 'user-2')}` });
    expect((await client.ask('{ any }')).next).toEqual([{ data: { any: 'user-2' } }]);
    await app.authentication.endAllSignIns('user-2');
    await expectRefused(client, 'AUTH_ACCESS_TOKEN_REVOKED');
  });
});

describe("Mercurius's own headers in connectionParams", () => {
  const { adapter, options } = DRIVERS.find(({ name }) => name === 'Mercurius')!;
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      imports: [GraphQLModule.forRoot(options)],
      providers: [HostResolver],
    });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  it('count as its documentation says, and a cookie among them does not', async () => {
    const authorization = `Bearer ${await tokenOf(app, 'user-1')}`;
    const client = await GraphqlClient.connect(app.url, {}, { headers: { authorization } });
    expect((await client.ask('{ any }')).next).toEqual([{ data: { any: 'user-1' } }]);
    expect((await client.ask('subscription { told }')).next).toEqual(TOLD);
    await client.close();
    const cookie = await cookieOf(app, 'user-1');
    const other = await GraphqlClient.connect(app.url, { origin: ISSUER }, { headers: { cookie } });
    for (const query of ['subscription { told }', '{ any }'])
      expect(errorsOf(await other.ask(query))).toEqual(refusedWith('AUTH_CREDENTIALS_MISSING'));
    await other.close();
  });

  it.each(['Bearer x', 5, [], null])('are none when they are %j', async (params) => {
    const client = await GraphqlClient.connect(app.url, {}, params);
    for (const query of ['subscription { told }', '{ any }'])
      expect(errorsOf(await client.ask(query))).toEqual(refusedWith('AUTH_CREDENTIALS_MISSING'));
    await client.close();
  });
});
