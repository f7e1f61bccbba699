import { describe, expect, it } from '@jest/globals';
import { migrateAuth } from 'nestjs-aerie/sql';
import pg from 'pg';
import { freshPrefix, POSTGRES_URL } from '../support/test-databases.js';
import { SERVER_CLIENTS } from '../support/test-clients.js';
import { sqlMigrations } from './sql-migrations.js';

describe.each(SERVER_CLIENTS)('migrations in SQL, on %s', sqlMigrations);

describe('migrations that have all run', () => {
  it('are left alone by a user of PostgreSQL who may create nothing', async () => {
    const schema = `${freshPrefix()}s`;
    const owner = new pg.Pool({ connectionString: POSTGRES_URL, max: 2 });
    const url = Object.assign(new URL(POSTGRES_URL), { username: schema, password: schema });
    const application = new pg.Pool({ connectionString: url.href, max: 2 });
    try {
      await migrateAuth(owner, { schema });
      await owner.query(`create role "${schema}" login password '${schema}'`);
      await owner.query(`grant usage on schema "${schema}" to "${schema}"`);
      await owner.query(`grant select, insert on all tables in schema "${schema}" to "${schema}"`);
      expect(await migrateAuth(application, { schema })).toEqual([]);
    } finally {
      await application.end();
      await owner.query(`drop schema "${schema}" cascade`);
      await owner.query(`drop role if exists "${schema}"`);
      await owner.end();
    }
  });
});
