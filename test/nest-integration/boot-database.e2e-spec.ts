import { describe, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { AuthConfigError, AuthenticationService } from 'nestjs-aerie';
import { AUTH_ENTITIES, typeOrmStores } from 'nestjs-aerie/typeorm';
import type { DataSource } from 'typeorm';
import { BELOW_THE_EDGE } from '../support/test-app.js';
import {
  authModule,
  bootApplication,
  bootError,
  connection,
  QuietLogger,
  rootModule,
} from './host-application.js';
import { StatementLog } from '../support/statement-log.js';
import { testConnection } from '../support/test-databases.js';
import { TestUsers } from '../support/test-users.js';

const NO_TABLES = { migrations: [], migrationsRun: false, entityPrefix: 'my_' };

/** Signs somebody in, by every table there is. */
async function signsIn(imports: Parameters<typeof rootModule>[0], name?: string): Promise<string[]> {
  const app = await bootApplication(rootModule(imports));
  try {
    await app.get(TestUsers).add('ada');
    const authentication = app.get(AuthenticationService);
    await authentication.signIn('user-1', { mode: 'session' });
    await authentication.signIn('user-1', { mode: 'tokens' });
    expect(await authentication.endAllSignIns('user-1')).toBe(2);
    const source = app.get<DataSource>(getDataSourceToken(name));
    const rows: { name: string }[] = await source.query(
      `select name from sqlite_master where type = 'table' and name like '%auth%' order by name`,
    );
    return rows.map((row) => row.name);
  } finally {
    await app.close();
  }
}

const TABLES = [
  'auth_attempt',
  'auth_event',
  'auth_refresh_token_family',
  'auth_revocation',
  'auth_session',
  'auth_signing_key',
  'auth_subject',
];

describe('the tables', () => {
  it.each(BELOW_THE_EDGE)(
    'stop the boot on %s when they are missing: name and remedies are said',
    async (adapter) => {
      const error = await bootError([connection(NO_TABLES), authModule()], adapter);
      expect(error).toBeInstanceOf(AuthConfigError);
      expect(error.message).toContain('my_auth_subject');
      for (const remedy of ['AUTH_MIGRATIONS', 'migrationsRun: true', 'synchronize: true'])
        expect(error.message).toContain(remedy);
    },
  );

  it('stop the boot when one of their columns is missing', async () => {
    const app = await bootApplication(rootModule([connection({ entityPrefix: '' }), authModule()]));
    const source = app.get<DataSource>(getDataSourceToken());
    await source.query('alter table auth_session drop column label');
    const imports = [connectionTo(source), authModule()];
    const error = await bootError(imports);
    expect(error.message).toContain('auth_session');
    await app.close();
  });

  it('stop the boot without the table of security events when it is wanted, and then alone', async () => {
    const app = await bootApplication(rootModule([connection({ entityPrefix: '' }), authModule()]));
    const source = app.get<DataSource>(getDataSourceToken());
    await source.query('drop table auth_event');
    const error = await bootError([
      connectionTo(source),
      authModule({ stores: typeOrmStores({ audit: true }) }),
    ]);
    expect(error).toBeInstanceOf(AuthConfigError);
    expect(error.message).toMatch(/^the table "auth_event" must exist, with every column of AuthEvent/);
    const without = await bootApplication(rootModule([connectionTo(source), authModule()]));
    await without.close();
    await app.close();
  });

  it('stop the boot without the table of signing keys, unless the keys are not managed', async () => {
    const app = await bootApplication(rootModule([connection({ entityPrefix: '' }), authModule()]));
    const source = app.get<DataSource>(getDataSourceToken());
    await source.query('drop table auth_signing_key');
    const error = await bootError([connectionTo(source), authModule()]);
    expect(error).toBeInstanceOf(AuthConfigError);
    expect(error.message).toMatch(/^the table "auth_signing_key" must exist/);
    const without = await bootApplication(rootModule([connectionTo(source), authModule({ keys: 'secret' })]));
    await without.close();
    await app.close();
  });

  it('only make a standalone context warn: it may be the one that runs the migrations', async () => {
    const logger = new QuietLogger();
    const root = rootModule([connection(NO_TABLES), authModule()]);
    const context = await NestFactory.createApplicationContext(root, { logger, abortOnError: false });
    expect(logger.warnings.filter((text) => text.includes('AUTH_MIGRATIONS'))).toHaveLength(6);
    expect(logger.warnings.join()).toContain('my_auth_subject');
    await context.close();
  });

  it('are made by synchronize: true', async () => {
    const made = { migrations: [], migrationsRun: false, synchronize: true, entityPrefix: '' };
    expect(await signsIn([connection(made), authModule()])).toEqual(TABLES);
  });

  it('are made by the migrations, and carry the prefix of the connection', async () => {
    const found = await signsIn([connection({ entityPrefix: 'shop_' }), authModule()]);
    expect(found).toEqual(TABLES.map((name) => `shop_${name}`));
  });
});

describe('a second issuer in one database', () => {
  const at = (file: string, more: object) => {
    const { migrationsTableName: _, ...plain } = {
      ...testConnection('sqlite', ''),
      database: file,
    } as never as {
      migrationsTableName?: string;
    };
    return TypeOrmModule.forRoot({ ...plain, ...more } as never);
  };

  it('must have a table of migrations of its own: the boot error says so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'second-'));
    const file = join(folder, 'both.sqlite');
    const first = await bootApplication(rootModule([at(file, {}), authModule()]));
    const error = await bootError([at(file, { entityPrefix: 'b_' }), authModule()]);
    expect(error.message).toContain('the table "b_auth_subject" must exist');
    expect(error.message).toContain('migrationsTableName of its own, too, such as "b_migrations"');
    const own = { entityPrefix: 'b_', migrationsTableName: 'b_migrations' };
    const second = await bootApplication(rootModule([at(file, own), authModule()]));
    await Promise.all([first.close(), second.close()]);
    await rm(folder, { recursive: true });
  });

  it('is not spoken of where it cannot be the cause', async () => {
    const none = { migrations: [], migrationsRun: false };
    for (const more of [{ ...none }, { ...none, entityPrefix: 'b_', migrationsTableName: 'b_migrations' }]) {
      const error = await bootError([at(':memory:', more), authModule()]);
      expect(error.message).toContain('auth_subject" must exist');
      expect(error.message).not.toContain('migrationsTableName');
    }
  });
});

describe('the connection', () => {
  it('must be there', async () => {
    const error = await bootError([authModule()]);
    expect(error).toBeInstanceOf(AuthConfigError);
    expect(error.message).toContain('"stores.dataSource" must name a TypeORM connection');
    expect(error.message).toContain('the default connection');
  });

  it('must be the one that has the name', async () => {
    const named = { name: 'main', migrations: [], migrationsRun: false };
    const forgotten = await bootError([connection(named), authModule()]);
    expect(forgotten).toBeInstanceOf(AuthConfigError);
    expect(forgotten.message).toContain('the default connection');
    const wrong = await bootError([
      connection(named),
      authModule({ stores: typeOrmStores({ dataSource: 'mian' }) }),
    ]);
    expect(wrong).toBeInstanceOf(AuthConfigError);
    expect(wrong.message).toContain('"mian"');
  });

  it('may have a name', async () => {
    const imports = [
      connection({ name: 'main', entityPrefix: '' }),
      connection({ migrations: [], migrationsRun: false, autoLoadEntities: false }),
      authModule({ stores: typeOrmStores({ dataSource: 'main' }) }),
    ];
    expect(await signsIn(imports, 'main')).toEqual(TABLES);
  });

  it('must have our entities, and says how', async () => {
    const without = { autoLoadEntities: false, migrations: [], migrationsRun: false };
    const error = await bootError([connection(without), authModule()]);
    expect(error).toBeInstanceOf(AuthConfigError);
    expect(error.message).toContain('autoLoadEntities: true');
    expect(error.message).toContain('AUTH_ENTITIES');
  });

  it('must have our entities also when its migrations are the first to miss them', async () => {
    const error = await bootError([
      connection({ autoLoadEntities: false, logger: new StatementLog() }),
      authModule(),
    ]);
    expect(error).toBeInstanceOf(AuthConfigError);
    expect(error.message).toContain('authEntities(features)');
    expect(error.message).toContain('autoLoadEntities: true');
  });

  it('may list our entities itself', async () => {
    const listed = { autoLoadEntities: false, entities: [...AUTH_ENTITIES], entityPrefix: '' };
    expect(await signsIn([connection(listed), authModule()])).toEqual(TABLES);
  });

  it('must be to a database that the module was built for', async () => {
    const fake = { options: { type: 'oracle' }, hasMetadata: () => true } as unknown as DataSource;
    const error = await bootError([connectionTo(fake), authModule()]);
    expect(error).toBeInstanceOf(AuthConfigError);
    expect(error.message).toContain('"oracle"');
    for (const name of ['postgres', 'mysql', 'mariadb', 'better-sqlite3'])
      expect(error.message).toContain(name);
  });
});

/** A module in the place of TypeOrmModule.forRoot. */
function connectionTo(source: DataSource) {
  @Global()
  @Module({
    providers: [{ provide: getDataSourceToken(), useValue: source }],
    exports: [getDataSourceToken()],
  })
  class ConnectionModule {}
  return ConnectionModule;
}
