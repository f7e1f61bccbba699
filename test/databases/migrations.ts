import { afterEach, expect, it, jest } from '@jest/globals';
import { AUTH_ENTITIES } from 'nestjs-aerie/typeorm';
import { type DataSource, DefaultNamingStrategy } from 'typeorm';
import { refresh, refreshed, signIn } from '../support/sign-ins.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { type TestDatabase, testConnection } from '../support/test-databases.js';
import { dropTables } from '../support/test-stores.js';

// Real databases and hundreds of requests: a limit that only a hang reaches.
jest.setTimeout(60_000);

/** Names as some hosts have them: nothing is called what our entities say. */
class ShoutingNames extends DefaultNamingStrategy {
  override tableName(target: string, custom: string | undefined): string {
    return `T_${custom ?? target}`.toUpperCase();
  }
  override columnName(property: string, custom: string | undefined, prefixes: string[]): string {
    return `C_${super.columnName(property, custom as string, prefixes)}`.toUpperCase();
  }
}

async function existing(source: DataSource): Promise<string[]> {
  const runner = source.createQueryRunner();
  try {
    const found: string[] = [];
    for (const entity of AUTH_ENTITIES) {
      const { tablePath } = source.getMetadata(entity);
      if (await runner.hasTable(tablePath)) found.push(tablePath);
    }
    return found;
  } finally {
    await runner.release();
  }
}

/** What the migrations make is what the entities say, whatever the connection calls things; and it goes as it came. */
export function migrations(database: TestDatabase): void {
  let app: TestApp;
  const started = async (changes: object = {}): Promise<TestApp> =>
    (app = await startTestApp({
      connection: { ...testConnection(database), synchronize: false, ...changes } as never,
    }));
  afterEach(async () => {
    await dropTables(app.source);
    await app.close();
  });

  const lives = async (): Promise<void> => {
    if (app.users.byId.size === 0) await app.users.add('ada');
    const { body } = await signIn(app, 'tokens');
    const second = await refreshed(app, body.refresh_token);
    await refreshed(app, second.refresh_token);
    expect((await refresh(app, body.refresh_token)).status).toBe(401);
    const { client } = await signIn(app, 'session');
    expect((await client.get('/auth/sign-ins')).body).toHaveLength(1);
    expect(await app.authentication.endAllSignIns('user-1')).toBe(1);
    expect(await app.authentication.sweep()).toEqual({
      families: 0,
      sessions: 0,
      revocations: 0,
      features: {},
      events: 0,
      attempts: 0,
    });
  };
  const expectAsTheEntitiesSay = async (): Promise<void> => {
    const { upQueries } = await app.source.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  };

  it.each([
    { naming: 'under a prefix', changes: {} },
    { naming: 'with names of the host', changes: { namingStrategy: new ShoutingNames() } },
  ])('go up, down with all rows, and up again: $naming', async ({ changes }) => {
    await started(changes);
    await expectAsTheEntitiesSay();
    await lives();
    expect(await existing(app.source)).toHaveLength(AUTH_ENTITIES.length);
    for (const _ of app.source.migrations) await app.source.undoLastMigration();
    expect(await existing(app.source)).toEqual([]);
    await app.source.runMigrations();
    await expectAsTheEntitiesSay();
    await lives();
    expect(await app.source.runMigrations()).toEqual([]);
  });
}
