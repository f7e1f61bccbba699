// The feature of docs/features.md, as somebody else writes one: on every kind of stores, and switched off.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Inject, Injectable, Module, Version } from '@nestjs/common';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authenticator, AuthModule, type AuthOptions } from 'nestjs-aerie';
import type { AuthFeature, FeatureOptionsSource } from 'nestjs-aerie/feature';
import { AuthStores } from 'nestjs-aerie/stores';
import { MemoryStores } from 'nestjs-aerie/testing';
import { AUTH_MIGRATIONS, authEntities, authMigrations, typeOrmStores } from 'nestjs-aerie/typeorm';
import { markedBlocks, readPage } from '../support/markdown.js';
import { signIn } from '../support/sign-ins.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { testConnection } from '../support/test-databases.js';
import { TestUsers, TestUsersModule } from '../support/test-users.js';

const ROOT = join(import.meta.dirname, '../..');
const VERSION = '2026-11';

@Controller('elsewhere')
class Placed {}
class Versioned {
  @Version('2')
  @Get('terms')
  terms(): void {}
}

interface Page {
  terms(from: FeatureOptionsSource<{ version?: string }>): AuthFeature;
  Terms: new (...parts: never[]) => { accepted(subject: string): Promise<boolean> };
  AcceptanceStore: abstract new () => object;
}

describe('a feature of somebody else', () => {
  const [block] = markedBlocks(readPage('docs/features.md'), 'own-feature');
  let folder: string;
  let page: Page;
  let apps: TestApp[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aerie-feature-'));
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'terms.ts'), block!.text);
    page = (await import(join(folder, 'terms.ts'))) as Page;
  }, 60_000);
  afterAll(async () => {
    for (const app of apps) await app.close();
    apps = [];
    await rm(folder, { recursive: true, force: true });
  });

  const started = async (input: Parameters<typeof startTestApp>[0]): Promise<TestApp> => {
    const app = await startTestApp(input);
    apps.push(app);
    await app.users.add('ada');
    return app;
  };
  const feature = () => page.terms({ version: VERSION });

  /** Accepts the terms as a client does. */
  async function lives(app: TestApp): Promise<void> {
    const { body } = await signIn(app, 'tokens');
    const bearer = { bearer: body.access_token as string };
    expect((await app.client().get('/auth/terms')).status).toBe(401);
    expect((await app.client().get('/auth/terms', bearer)).body).toEqual({
      version: VERSION,
      accepted: false,
    });
    const other = await app.client().post('/auth/terms', { ...bearer, json: { version: 'old' } });
    expect([other.status, other.body]).toEqual([
      409,
      { statusCode: 409, code: 'TERMS_VERSION_UNKNOWN', message: 'There is another version of the terms.' },
    ]);
    const wrong = await app.client().post('/auth/terms', { ...bearer, json: { version: VERSION, more: 1 } });
    expect([wrong.status, (wrong.body as { code: string }).code]).toEqual([400, 'AUTH_REQUEST_INVALID']);
    // Read before the framework: refused with a code, also where every field may be left out.
    for (const [type, body] of [
      ['application/json', '{bad'],
      ['application/json', `{"version":"${'x'.repeat(40_000)}"}`],
      ['text/plain', 'hello'],
    ] as const) {
      const { status } = await fetch(`${app.url}/auth/terms`, {
        method: 'POST',
        headers: { 'content-type': type, authorization: `Bearer ${bearer.bearer}` },
        body,
      });
      expect([type, body.length, status]).toEqual([type, body.length, 400]);
    }
    for (let again = 0; again < 2; again++) {
      const accepted = await app.client().post('/auth/terms', { ...bearer, json: { version: VERSION } });
      expect(accepted.status).toBe(204);
    }
    expect((await app.client().get('/auth/terms', bearer)).body).toEqual({
      version: VERSION,
      accepted: true,
    });
    const terms = app.app.get(page.Terms, { strict: false });
    expect([await terms.accepted('user-1'), await terms.accepted('user-2')]).toEqual([true, false]);
    expect(app.events.map(({ type }) => type)).toContain('terms.accepted');
  }

  it('is sixty lines', () => {
    const lines = block!.text
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.startsWith('// file:'));
    expect(lines.length).toBeLessThanOrEqual(60);
  });

  it.each(ADAPTERS)('works with forRoot and migrations, on %s', async (adapter) => {
    await lives(await started({ adapter, options: { features: [feature()] } }));
  });

  it('works with synchronize', async () => {
    const connection = {
      ...testConnection('sqlite'),
      migrations: [],
      migrationsRun: false,
      synchronize: true,
    };
    await lives(await started({ connection: connection as never, options: { features: [feature()] } }));
  });

  it('works without autoLoadEntities', async () => {
    const entities = authEntities([feature()]);
    const connection = { ...testConnection('sqlite'), autoLoadEntities: false, entities };
    await lives(await started({ connection: connection as never, options: { features: [feature()] } }));
  });

  it('works with options of a factory', async () => {
    const features = [page.terms({ inject: [], useFactory: async () => ({ version: VERSION }) })];
    await lives(await started({ options: { features } }));
  });

  it('works beside forRootAsync', async () => {
    const features = [feature()];
    const auth = (options: AuthOptions) =>
      AuthModule.forRootAsync({
        imports: [TestUsersModule],
        users: TestUsers,
        stores: typeOrmStores(),
        features,
        useFactory: async () => options,
      });
    await lives(await started({ auth, options: { features } }));
  });

  it('works on stores in memory', async () => {
    @Module({
      providers: [{ provide: MemoryStores, useFactory: () => new MemoryStores() }],
      exports: [MemoryStores],
    })
    class MemoryModule {}
    const imports = [TestUsersModule, MemoryModule];
    await lives(await started({ options: { imports, stores: MemoryStores, features: [feature()] } }));
  });

  it('works on stores of a host that gives its own', async () => {
    const asked: unknown[] = [];
    @Injectable()
    class OwnStores extends MemoryStores {
      constructor(@Inject('asked') private readonly seen: unknown[]) {
        super();
      }
      override of<Port extends object>(store: Parameters<AuthStores['of']>[0]): Port {
        this.seen.push(store.port);
        return super.of(store) as Port;
      }
    }
    @Module({
      providers: [OwnStores, { provide: 'asked', useValue: asked }],
      exports: [OwnStores],
    })
    class OwnModule {}
    const imports = [TestUsersModule, OwnModule];
    await lives(await started({ options: { imports, stores: OwnStores, features: [feature()] } }));
    expect(asked).toEqual([page.AcceptanceStore]);
  });

  it('is switched on later: its migration runs then', async () => {
    const database = join(folder, 'later.sqlite');
    const connection = { ...testConnection('sqlite', ''), database } as never;
    const before = await started({ connection });
    expect(await before.source.query(`select name from sqlite_master where name like 'terms%'`)).toEqual([]);
    await before.close();
    await lives(await started({ connection, options: { features: [feature()] } }));
  });

  it('has no route, table and provider while it is off', async () => {
    const app = await started({});
    const { body } = await signIn(app, 'tokens');
    const bearer = body.access_token as string;
    expect((await app.client().get('/auth/terms', { bearer })).status).toBe(404);
    expect(() => app.app.get(page.Terms, { strict: false })).toThrow();
    expect(await app.source.query(`select name from sqlite_master where name like 'terms%'`)).toEqual([]);
  });

  it.each<[string, () => object, RegExp]>([
    ['an unknown option', () => ({ features: [page.terms({ versoin: '1' } as object)] }), /"terms\.version"/],
    ['two of one name', () => ({ features: [feature(), feature()] }), /each feature once.*"terms"/],
    [
      'a feature that needs another',
      () => ({ features: [{ ...feature(), needs: ['mail'] }] }),
      /"mail".*"terms" needs/,
    ],
    ['a name in capitals', () => ({ features: [{ ...feature(), name: 'Terms' }] }), /lower-case/],
    [
      'a route twice',
      () => ({ features: [feature(), { name: 'other', controllers: feature().controllers! }] }),
      /each route once.*GET \/terms/,
    ],
    [
      'a table twice',
      () => ({
        features: [
          feature(),
          { name: 'other', tables: [{ ...feature().tables![0]!, name: 'Other1798761600001' }] },
        ],
      }),
      /each table once.*terms_acceptance/,
    ],
    [
      "a column of another feature's table",
      () => ({
        features: [
          feature(),
          {
            name: 'other',
            tables: [
              {
                name: 'Other1798761600001',
                creates: [],
                adds: [{ table: feature().tables![0]!.creates[0]!, columns: ['version'] }],
              },
            ],
          },
        ],
      }),
      /own tables alone.*terms_acceptance.*other/,
    ],
    [
      'a column that rows of the former version lack',
      () => {
        const { tables, ...rest } = feature();
        const adds = [{ table: tables![0]!.creates[0]!, columns: ['version'] }];
        return { features: [{ ...rest, tables: [{ ...tables![0]!, adds }] }] };
      },
      /nullable or with a default.*version.*terms/,
    ],
    [
      'a migration twice',
      () => ({ features: [feature(), { name: 'other', tables: feature().tables! }] }),
      /each migration once.*CreateTermsTables/,
    ],
    [
      'a code twice',
      () => ({ features: [feature(), { name: 'other', codes: feature().codes! }] }),
      /each code once.*TERMS_VERSION_UNKNOWN/,
    ],
    [
      'a code of ours',
      () => ({ features: [{ name: 'other', codes: ['AUTH_FORBIDDEN'] }] }),
      /begin with AUTH_/,
    ],
    [
      'an event of another',
      () => ({ features: [{ name: 'other', events: ['terms.accepted'] }] }),
      /after themselves/,
    ],
    [
      'a controller with a path of its own',
      () => ({ features: [{ name: 'other', controllers: [Placed] }] }),
      /Placed of other/,
    ],
    [
      'a route with a version',
      () => ({ features: [{ name: 'other', controllers: [Versioned] }] }),
      /Versioned of other/,
    ],
    [
      'a body of no route',
      () => ({ features: [{ ...feature(), bodies: { 'POST /trems': 'json' } }] }),
      /"bodies".*POST \/trems/,
    ],
    [
      'a migration without a time',
      () => ({ features: [{ name: 'other', tables: [{ name: 'Create', creates: [] }] }] }),
      /time in milliseconds/,
    ],
    [
      'an event that is too long for the table',
      () => ({ features: [{ name: 'other', events: [`other.${'x'.repeat(40)}`] }] }),
      /up to 40 characters/,
    ],
    ...['POST /login', 'POST /Terms', 'POST /terms/', 'POST /terms/:id', 'PUT /terms'].map(
      (route): [string, () => object, RegExp] => [
        `a body of ${route}`,
        () => ({ features: [{ ...feature(), bodies: { [route]: 'json' } }] }),
        /routes of their own controllers, in lower case/,
      ],
    ),
    [
      'a route that a controller inherits',
      () => {
        class Inheriting extends (feature().controllers![0] as unknown as new () => object) {}
        return { features: [feature(), { name: 'other', controllers: [Inheriting] }] };
      },
      /each route once/,
    ],
    [
      'a provider of ours',
      () => ({ features: [{ name: 'other', providers: [{ provide: Authenticator, useValue: {} }] }] }),
      /each provider once.*Authenticator of AuthModule and of other/,
    ],
    [
      'a provider of another',
      () => ({
        features: [feature(), { name: 'other', providers: [{ provide: page.Terms, useValue: {} }] }],
      }),
      /each provider once.*Terms of terms and of other/,
    ],
    ['a function', () => ({ features: [page.terms] }), /a function that was not called/],
  ])('stops the boot: %s', async (_what, options, message) => {
    await expect(startTestApp({ options: options() })).rejects.toMatchObject({
      code: 'AUTH_CONFIG_INVALID',
      message: expect.stringMatching(message),
    });
  });

  it('tells by its name which table is missing', async () => {
    const connection = { ...testConnection('sqlite'), migrations: [...AUTH_MIGRATIONS] } as never;
    await expect(startTestApp({ connection, options: { features: [feature()] } })).rejects.toMatchObject({
      code: 'AUTH_CONFIG_INVALID',
      message: expect.stringMatching(
        /terms_acceptance.*for the feature "terms".*authMigrations\(features\) in place of AUTH_MIGRATIONS/,
      ),
    });
  });

  it('tells which entities are missing', async () => {
    const connection = {
      ...testConnection('sqlite'),
      autoLoadEntities: false,
      entities: authEntities([]),
      migrations: authMigrations([]),
    } as never;
    const options = { stores: typeOrmStores(), features: [feature()] };
    await expect(startTestApp({ connection, options })).rejects.toMatchObject({
      code: 'AUTH_CONFIG_INVALID',
      message: expect.stringContaining('the entities of terms must be'),
    });
  });
});
