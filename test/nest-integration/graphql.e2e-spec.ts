import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UseGuards } from '@nestjs/common';
import { GraphQLModule, Mutation, Query, Resolver } from '@nestjs/graphql';
import {
  AnyAuthGuard,
  AuthenticationService,
  CurrentUser,
  JwtAuthGuard,
  type Principal,
  Public,
  Roles,
  RolesGuard,
} from 'nestjs-aerie';
import { ADAPTERS, type Adapter, startTestApp, type TestApp } from '../support/test-app.js';
import { cookieOf, statementsDuring, tokenOf } from './credentials.js';
import { TestGraphqlDriver } from './graphql-driver.js';

@Resolver()
class HostResolver {
  constructor(private readonly authentication: AuthenticationService) {}

  @Query(() => String)
  plain(): string {
    return 'reached';
  }

  @Public()
  @UseGuards(AnyAuthGuard)
  @Query(() => String)
  open(): string {
    return 'reached';
  }

  @UseGuards(JwtAuthGuard)
  @Query(() => String)
  token(@CurrentUser('id') id: string): string {
    return id;
  }

  @UseGuards(AnyAuthGuard)
  @Query(() => String)
  any(@CurrentUser() user: Principal): string {
    return user.id;
  }

  @UseGuards(AnyAuthGuard)
  @Roles('admin')
  @Query(() => String)
  administered(): string {
    return 'reached';
  }

  @UseGuards(RolesGuard)
  @Roles('editor')
  @Query(() => String)
  forgotten(): string {
    return 'reached';
  }

  @UseGuards(AnyAuthGuard)
  @Mutation(() => Boolean)
  async endUnknown(@CurrentUser('id') id: string): Promise<boolean> {
    await this.authentication.endSignIn(id, 'no-such-sign-in');
    return true;
  }
}

/** What Nest logged as an error. */
const logged: unknown[] = [];
const ignore = (): void => undefined;
const logger = { log: ignore, warn: ignore, error: (message: unknown) => void logged.push(message) };

const start = async (adapter: Adapter, globalGuard = false): Promise<TestApp> => {
  const app = await startTestApp({
    adapter,
    options: { globalGuard, revocation: { mode: 'lookup' } },
    imports: [GraphQLModule.forRoot({ driver: TestGraphqlDriver, autoSchemaFile: true })],
    providers: [HostResolver],
    configure: (nest) => nest.useLogger(logger),
  });
  await app.users.add('ada', undefined, { roles: ['editor'] });
  return app;
};

const refusedWith = (code: string, statusCode: number) => [
  expect.objectContaining({ extensions: { code, statusCode }, message: expect.any(String) }),
];

describe.each(ADAPTERS)('GraphQL resolvers, on %s', (adapter) => {
  let app: TestApp;
  let token: Record<string, string>;
  let session: Record<string, string>;
  beforeAll(async () => {
    app = await start(adapter);
    token = { authorization: `Bearer ${await tokenOf(app, 'user-1')}` };
    session = { cookie: await cookieOf(app, 'user-1') };
  });
  afterAll(() => app.close());

  const ask = async (query: string, headers: Record<string, string> = {}) => {
    const { status, body } = await app.client().post('/graphql', { json: { query }, headers });
    expect(status).toBe(200);
    return body as { data: Record<string, unknown> | null; errors?: unknown[] };
  };

  it.each([
    ['token', 'no credentials', {}, 'AUTH_CREDENTIALS_MISSING'],
    ['any', 'no credentials', {}, 'AUTH_CREDENTIALS_MISSING'],
    ['forgotten', 'RolesGuard alone', {}, 'AUTH_CREDENTIALS_MISSING'],
    ['token', 'a bad token', { authorization: 'Bearer not.a.token' }, 'AUTH_ACCESS_TOKEN_INVALID'],
    ['any', 'an unknown session', { cookie: '__Host-session=nonsense' }, 'AUTH_SESSION_INVALID'],
  ])('%s is refused with %s, by extensions.code', async (field, _what, headers, code) => {
    const { data, errors } = await ask(`{ ${field} }`, headers);
    expect(data).toBeNull();
    expect(errors).toEqual(refusedWith(code, 401));
  });

  it('are reached with a token, and with a session', async () => {
    expect(await ask('{ token any }', token)).toEqual({ data: { token: 'user-1', any: 'user-1' } });
    expect(await ask('{ any }', session)).toEqual({ data: { any: 'user-1' } });
    expect((await ask('{ token }', session)).errors).toEqual(refusedWith('AUTH_CREDENTIALS_MISSING', 401));
  });

  it('follow @Public and @Roles', async () => {
    expect(await ask('{ open plain }')).toEqual({ data: { open: 'reached', plain: 'reached' } });
    expect((await ask('{ administered }', token)).errors).toEqual(refusedWith('AUTH_FORBIDDEN', 403));
  });

  it('refuse an operation that another site sends with the session cookie', async () => {
    const { errors } = await ask('{ any }', { ...session, origin: 'https://evil.example' });
    expect(errors).toEqual(refusedWith('AUTH_CSRF_REJECTED', 403));
  });

  it('answer what the façade throws by extensions.code too', async () => {
    const { errors } = await ask('mutation { endUnknown }', token);
    expect(errors).toEqual(refusedWith('AUTH_SIGN_IN_NOT_FOUND', 404));
  });

  it('ask the table once for several guarded fields of one query', async () => {
    const statements = await statementsDuring(app, async () => {
      const { data } = await ask('{ a: token b: token c: token }', token);
      expect(data).toEqual({ a: 'user-1', b: 'user-1', c: 'user-1' });
    });
    expect(statements).toHaveLength(1);
  });

  it('ask the directory once for several guarded fields of one query', async () => {
    app.users.calls.length = 0;
    expect((await ask('{ a: any b: any c: any }', session)).errors).toBeUndefined();
    expect(app.users.calls).toEqual(['loadSubject']);
  });

  it('log no error when they refuse: anybody could fill the log', async () => {
    logged.length = 0;
    await ask('{ token }');
    await ask('{ administered }', token);
    await ask('mutation { endUnknown }', token);
    expect(logged).toEqual([]);
  });

  it('do not show the message of an outage', async () => {
    app.users.failure = new Error('connect ECONNREFUSED db.internal');
    const answer = await ask('{ any }', session);
    app.users.failure = undefined;
    expect(answer.errors).toEqual(refusedWith('AUTH_STORE_UNAVAILABLE', 503));
    expect(JSON.stringify(answer)).not.toContain('ECONNREFUSED');
  });
});

describe.each(ADAPTERS)('GraphQL resolvers under globalGuard: true, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await start(adapter, true);
  });
  afterAll(() => app.close());

  it('are closed without any decorator, and open where they are @Public', async () => {
    const closed = await app.client().post('/graphql', { json: { query: '{ plain }' } });
    expect(closed.body.errors).toEqual(refusedWith('AUTH_CREDENTIALS_MISSING', 401));
    const open = await app.client().post('/graphql', { json: { query: '{ open }' } });
    expect(open.body).toEqual({ data: { open: 'reached' } });
    const bearer = await tokenOf(app, 'user-1');
    const known = await app.client().post('/graphql', { json: { query: '{ plain }' }, bearer });
    expect(known.body).toEqual({ data: { plain: 'reached' } });
  });
});
