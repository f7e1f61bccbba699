import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type CanActivate, Injectable, UseGuards } from '@nestjs/common';
import { GraphQLModule, Query, Resolver, Subscription } from '@nestjs/graphql';
import {
  AnyAuthGuard,
  CurrentUser,
  JwtAuthGuard,
  type Principal,
  Public,
  SessionAuthGuard,
} from 'nestjs-aerie';
import { ADAPTERS, type Adapter, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';
import { cookieOf, statementsDuring, tokenOf } from './credentials.js';
import { type Answered, GraphqlClient } from './graphql-client.js';
import { TestGraphqlDriver, type TestGraphqlOptions } from './graphql-driver.js';

/** A guard of the host that takes its time, behind one of ours. */
@Injectable()
class GateGuard implements CanActivate {
  static reached: () => void;
  static opened: Promise<boolean>;

  canActivate(): Promise<boolean> {
    GateGuard.reached();
    return GateGuard.opened;
  }
}

@Resolver()
class HostResolver {
  @UseGuards(AnyAuthGuard)
  @Query(() => String)
  any(@CurrentUser('id') id: string): string {
    return id;
  }

  @UseGuards(JwtAuthGuard)
  @Query(() => String)
  token(@CurrentUser('id') id: string): string {
    return id;
  }

  @UseGuards(SessionAuthGuard)
  @Query(() => String)
  session(@CurrentUser('id') id: string): string {
    return id;
  }

  @Public()
  @Query(() => String)
  open(@CurrentUser() user: Principal | undefined): string {
    return String(user?.id);
  }

  @UseGuards(AnyAuthGuard, GateGuard)
  @Query(() => String)
  gated(@CurrentUser('id') id: string): string {
    return id;
  }

  @UseGuards(AnyAuthGuard)
  @Subscription(() => String)
  async *told(@CurrentUser('id') id: string) {
    yield { told: `${id} 1` };
    yield { told: `${id} 2` };
  }
}

type MakeContext = TestGraphqlOptions['contextOfConnection'];
const start = async (adapter: Adapter, contextOfConnection?: MakeContext): Promise<TestApp> => {
  const app = await startTestApp({
    adapter,
    options: { revocation: { mode: 'lookup' } },
    imports: [
      GraphQLModule.forRoot({
        driver: TestGraphqlDriver,
        autoSchemaFile: true,
        ...(contextOfConnection && { contextOfConnection }),
      } as never),
    ],
    providers: [HostResolver],
  });
  await app.users.add('ada');
  await app.users.add('eve');
  return app;
};

const refusedWith = (code: string, statusCode = 401) => [
  expect.objectContaining({ extensions: expect.objectContaining({ code, statusCode }) }),
];
/** The errors of a query come with its result, those of a subscription alone. */
const errorsOf = ({ next, errors }: Answered): unknown =>
  errors ?? (next[0] as { errors?: unknown[] } | undefined)?.errors;

type Context = Record<string, unknown> & { extra: object; connectionParams?: Record<string, unknown> };
const CONTEXTS: readonly [string, MakeContext][] = [
  ['the default context of Nest', undefined],
  ["graphql-ws's own connection", (connection) => connection],
  [
    "the host's own object",
    (connection) => {
      const { extra, connectionParams } = connection as Context & { extra: { request: object } };
      return { req: extra.request, connectionParams };
    },
  ],
  [
    'one in which a client names headers',
    (connection) => ({ ...connection, req: { headers: { ...(connection as Context).connectionParams } } }),
  ],
];

describe.each(ADAPTERS.flatMap((adapter) => CONTEXTS.map(([what, make]) => [adapter, what, make] as const)))(
  'GraphQL over graphql-ws, on %s, with %s',
  (adapter, _what, contextOfConnection) => {
    let app: TestApp;
    let cookie: string;
    let token: string;
    const open: GraphqlClient[] = [];
    beforeAll(async () => {
      app = await start(adapter, contextOfConnection);
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

    it('refuses by extensions.code without credentials', async () => {
      const client = await connect();
      expect(errorsOf(await client.ask('{ any }'))).toEqual(refusedWith('AUTH_CREDENTIALS_MISSING'));
      expect(errorsOf(await client.ask('subscription { told }'))).toEqual(
        refusedWith('AUTH_CREDENTIALS_MISSING'),
      );
      expect((await client.ask('{ open }')).next).toEqual([{ data: { open: 'undefined' } }]);
    });

    it.each([
      ['https://evil.example', {}],
      ['null', {}],
      ['https://evil.example', { origin: ISSUER, 'sec-fetch-site': 'same-origin', method: 'GET' }],
    ])(
      'refuses the session cookie on a connection that %s opened, whatever it says then: %j',
      async (origin, params) => {
        const client = await connect({ cookie, origin }, params);
        for (const query of ['{ any }', '{ session }', 'subscription { told }'])
          expect(errorsOf(await client.ask(query))).toEqual(refusedWith('AUTH_CSRF_REJECTED', 403));
      },
    );

    it('takes the session cookie on a connection of our own pages', async () => {
      const client = await connect({ cookie, ...own });
      expect((await client.ask('{ any session }')).next).toEqual([
        { data: { any: 'user-1', session: 'user-1' } },
      ]);
      expect((await client.ask('subscription { told }')).next).toEqual([
        { data: { told: 'user-1 1' } },
        { data: { told: 'user-1 2' } },
      ]);
      expect(errorsOf(await client.ask('{ token }'))).toEqual(refusedWith('AUTH_CREDENTIALS_MISSING'));
    });

    it('takes connectionParams.authorization, in any case, from whatever page', async () => {
      for (const name of ['authorization', 'Authorization']) {
        const client = await connect({ origin: 'https://elsewhere.example' }, { [name]: token });
        expect((await client.ask('{ any token }')).next).toEqual([
          { data: { any: 'user-1', token: 'user-1' } },
        ]);
      }
    });

    it.each([
      ['a bad token', 'Bearer not.a.token', 'AUTH_ACCESS_TOKEN_INVALID'],
      ['another scheme', 'Basic YTpi', 'AUTH_CREDENTIALS_MISSING'],
      ['an object', { token: 'x' }, 'AUTH_ACCESS_TOKEN_INVALID'],
      ['null', null, 'AUTH_ACCESS_TOKEN_INVALID'],
    ])('lets connectionParams.authorization decide alone: %s', async (_form, authorization, code) => {
      const client = await connect({ cookie, ...own }, { authorization });
      expect(errorsOf(await client.ask('{ any }'))).toEqual(refusedWith(code));
    });

    it('refuses two of them', async () => {
      const client = await connect({}, { authorization: token, Authorization: token });
      expect(errorsOf(await client.ask('{ any }'))).toEqual(refusedWith('AUTH_ACCESS_TOKEN_INVALID'));
    });

    it('asks the table once for several guarded fields, and again for the next operation', async () => {
      const client = await connect({}, { authorization: token });
      const statements = await statementsDuring(app, async () => {
        expect((await client.ask('{ a: token b: token c: any }')).next).toHaveLength(1);
        expect((await client.ask('{ token }')).next).toHaveLength(1);
      });
      expect(statements).toHaveLength(2);
    });

    it('keeps the users of operations apart', async () => {
      const eve = await connect({}, { authorization: `Bearer ${await tokenOf(app, 'user-2')}` });
      const ada = await connect({ cookie, ...own });
      let release!: (value: boolean) => void;
      GateGuard.opened = new Promise((resolve) => (release = resolve));
      const reached = new Promise<void>((resolve) => (GateGuard.reached = resolve));
      const gated = ada.ask('{ gated }');
      await reached;
      expect((await eve.ask('{ any }')).next).toEqual([{ data: { any: 'user-2' } }]);
      expect((await ada.ask('{ open }')).next).toEqual([{ data: { open: 'undefined' } }]);
      release(true);
      expect((await gated).next).toEqual([{ data: { gated: 'user-1' } }]);
      expect((await ada.ask('{ open }')).next).toEqual([{ data: { open: 'undefined' } }]);
    });

    it('refuses the next operation when the sign-in has ended', async () => {
      const client = await connect({}, { authorization: `Bearer ${await tokenOf(app, 'user-2')}` });
      expect((await client.ask('{ any }')).next).toEqual([{ data: { any: 'user-2' } }]);
      await app.authentication.endAllSignIns('user-2');
      expect(errorsOf(await client.ask('{ any }'))).toEqual(refusedWith('AUTH_ACCESS_TOKEN_REVOKED'));
    });
  },
);
