import { afterAll } from '@jest/globals';
import type { DynamicModule, INestApplication, ModuleMetadata, Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { getDataSourceToken, TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import {
  AuthenticationService,
  AuthModule,
  type AuthOptions,
  type AuthStructuralOptions,
  type SecurityEvent,
} from 'nestjs-aerie';
import { AUTH_MIGRATIONS, authMigrations, typeOrmStores } from 'nestjs-aerie/typeorm';
import type { DataSource } from 'typeorm';
// Not by its entry, which makes `request.user` stand for the user of a test.
import { manyAttempts } from '../../libs/auth/src/testing/many-attempts.js';
import { HttpClient } from './http-client.js';
import { testConnection } from './test-databases.js';
import { TestUsers, TestUsersModule } from './test-users.js';

export const ADAPTERS = ['express', 'fastify'] as const;
export type Adapter = (typeof ADAPTERS)[number];

/** For what does not touch HTTP: one adapter shows it. `.ci/proofs fastify` shows the same on the other one. */
export const BELOW_THE_EDGE: readonly Adapter[] = [
  process.env['BELOW_THE_EDGE'] === 'fastify' ? 'fastify' : 'express',
];

export const ISSUER = 'https://api.example.com';
export const SECRET = 'a secret of at least thirty-two bytes, for tests';

export interface TestAppInput {
  readonly adapter?: Adapter;
  /** Options of Fastify itself. */
  readonly fastify?: object;
  readonly options?: Partial<AuthOptions & AuthStructuralOptions>;
  /** Makes the module of the options that no default replaces. Default: AuthModule.forRoot, with `options` too. */
  readonly auth?: (runtime: AuthOptions) => DynamicModule;
  /** Of TypeORM; null: there is none, for stores on another client, and no `source`. */
  readonly connection?: TypeOrmModuleOptions | null;
  readonly controllers?: Type[];
  /** Whether a client's address is what `X-Forwarded-For` says. Default false. */
  readonly trustProxy?: boolean;
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  readonly providers?: NonNullable<ModuleMetadata['providers']>;
  /** Changes the module before it is compiled. */
  readonly override?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
  /** Changes the application before it starts. */
  readonly configure?: (app: INestApplication) => void;
}

export interface TestApp {
  readonly app: INestApplication;
  readonly url: string;
  readonly users: TestUsers;
  readonly source: DataSource;
  readonly authentication: AuthenticationService;
  /** Every security event so far. */
  readonly events: SecurityEvent[];
  /** A client with a cookie jar of its own. */
  client(): HttpClient;
  close(): Promise<void>;
}

const running = new Set<TestApp>();
// A test that fails never comes to close its application, which would keep the process alive.
afterAll(() => Promise.allSettled([...running].map((app) => app.close())));

/** The connection, with the migrations of the features that are switched on. */
function connectionOf({
  connection = testConnection('sqlite'),
  options,
}: TestAppInput): TypeOrmModuleOptions | null {
  if (connection === null) return null;
  const { features = [] } = options ?? {};
  if (connection.migrations !== AUTH_MIGRATIONS || features.length === 0) return connection;
  return { ...connection, migrations: authMigrations(features) } as TypeOrmModuleOptions;
}

function authOf(input: TestAppInput, events: SecurityEvent[]): DynamicModule {
  const { auth, options } = input;
  const runtime: AuthOptions = {
    secret: SECRET,
    issuer: ISSUER,
    // As light as allowed: these tests are not about the cost of a hash.
    credentials: { memoryKiB: 8192, passes: 1 },
    // Tests of the limits give budgets of their own.
    attempts: { ...manyAttempts, acceptAnyForwardedAddress: input.trustProxy === true },
    onSecurityEvent: (event) => events.push(event),
  };
  if (auth) return auth(runtime);
  const structural = { imports: [TestUsersModule], users: TestUsers, stores: typeOrmStores() };
  return AuthModule.forRoot({ ...structural, ...runtime, ...options });
}

/** `test/openapi/every-answer.proofs-spec.ts` has the answers of all tests held against their description. */
async function watcherOf(app: INestApplication): Promise<(client: HttpClient) => void> {
  const { builtInAnswers, watchAnswers } = await import('./described-answers.js');
  const answers = await builtInAnswers(app);
  return (client) => watchAnswers(client, answers);
}

/** An application with AuthModule, listening on loopback. */
export async function startTestApp(input: TestAppInput = {}): Promise<TestApp> {
  const events: SecurityEvent[] = [];
  const connection = connectionOf(input);
  let builder = Test.createTestingModule({
    imports: [
      ...(connection ? [TypeOrmModule.forRoot(connection)] : []),
      authOf(input, events),
      ...(input.imports ?? []),
    ],
    controllers: input.controllers ?? [],
    providers: input.providers ?? [],
  }).setLogger(false as never);
  builder = input.override?.(builder) ?? builder;
  const module = await builder.compile();
  let app: INestApplication;
  if (input.adapter === 'fastify') {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    app = module.createNestApplication(
      new FastifyAdapter({ trustProxy: input.trustProxy === true, ...input.fastify }),
    );
  } else {
    app = module.createNestApplication();
    if (input.trustProxy) (app as NestExpressApplication).set('trust proxy', true);
  }
  input.configure?.(app);
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace(/\/$/, '');
  const watch = process.env['DESCRIBED_ANSWERS'] ? await watcherOf(app) : null;
  const started: TestApp = {
    app,
    url,
    users: app.get(TestUsers),
    source: connection ? app.get<DataSource>(getDataSourceToken()) : (undefined as never),
    authentication: app.get(AuthenticationService),
    events,
    client: () => {
      const client = new HttpClient(url);
      watch?.(client);
      return client;
    },
    close: async () => {
      // Nest 11 calls the hooks of a shutdown again.
      if (running.delete(started)) await app.close();
    },
  };
  running.add(started);
  return started;
}
