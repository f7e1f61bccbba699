// The database of a soak, as its parent sees it: tables of their own, and a look into them.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { AUTH_ENTITIES, AUTH_MIGRATIONS, RefreshTokenFamily } from '../../libs/auth/dist/typeorm/index.js';

export const DATABASES = ['postgres', 'mariadb', 'sqlite'];
const URLS = {
  postgres: process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test',
  mariadb: process.env.TEST_MARIADB_URL ?? 'mariadb://root@127.0.0.1:3306/test',
};

/** Where a server listens. */
export function serverOf(database) {
  const { hostname, port } = new URL(URLS[database]);
  return { host: hostname, port: Number(port || (database === 'postgres' ? 5432 : 3306)) };
}

export class SoakDatabase {
  static async open(database) {
    const prefix = `soak_${randomBytes(5).toString('hex')}_`;
    const folder = database === 'sqlite' ? mkdtempSync(join(tmpdir(), 'aerie-soak-')) : undefined;
    const connection = folder
      ? {
          type: 'better-sqlite3',
          database: join(folder, 'soak.sqlite'),
          enableWAL: true,
          entityPrefix: prefix,
        }
      : { type: database, url: URLS[database], entityPrefix: prefix };
    const source = new DataSource({
      ...connection,
      entities: [...AUTH_ENTITIES],
      migrations: AUTH_MIGRATIONS,
      migrationsTableName: `${prefix}migrations`,
      migrationsRun: true,
    });
    await source.initialize();
    return new SoakDatabase(source, connection, folder);
  }

  constructor(source, connection, folder) {
    this.source = source;
    /** For the processes. */
    this.connection = connection;
    this.folder = folder;
    this.families = source.getRepository(RefreshTokenFamily);
  }

  /** Moves every instant of a family's row into the past: so much time has passed for it. */
  async age(id, ms) {
    const changes = this.families.metadata.columns
      .filter(({ databaseName }) => databaseName.endsWith('_at'))
      .map(({ propertyName, databaseName }) => [
        propertyName,
        () => `${this.source.driver.escape(databaseName)} - (${Math.round(ms)})`,
      ]);
    await this.families.update({ id }, Object.fromEntries(changes));
  }

  family(id) {
    return this.families.findOneBy({ id });
  }

  /** Every family's row, by id. */
  async rows() {
    return new Map((await this.families.find()).map((row) => [row.id, row]));
  }

  /** How often the end of each sign-in was announced, by id. */
  async announced() {
    const table = this.source.getMetadata('Revocation').tablePath;
    const rows = await this.source.query(
      `select value as id, count(*) as times from ${table} where kind = 'sign_in' group by value`,
    );
    return new Map(rows.map(({ id, times }) => [id, Number(times)]));
  }

  async close() {
    const runner = this.source.createQueryRunner();
    for (const { tablePath } of this.source.entityMetadatas) await runner.dropTable(tablePath, true);
    await runner.dropTable(`${this.source.options.entityPrefix}migrations`, true);
    await runner.release();
    await this.source.destroy();
    if (this.folder) rmSync(this.folder, { recursive: true });
  }
}
