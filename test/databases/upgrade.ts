import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecurityEvents } from 'nestjs-aerie';
import { AUTH_MIGRATIONS, Revocation, typeOrmStores } from 'nestjs-aerie/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { nextRevocationId } from '../support/revocation-ids.js';
import { type EmptyDatabase, emptyDatabase } from '../support/empty-database.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import type { TestDatabase } from '../support/test-databases.js';

// Real databases and hundreds of requests: a limit that only a hang reaches.
jest.setTimeout(60_000);

const SHAPES = join(import.meta.dirname, 'shapes');

/**
 * What every release left in databases, upgraded to what we are now. Each file in `shapes/` is a release: its DDL, its
 * rows, and in comments the credentials that its users hold. A migration that is added to AUTH_MIGRATIONS runs on all of
 * them, with no change here. At a release that changes the tables: `node scripts/write-shape.mjs <version>`, and commit
 * the files; never change them afterwards.
 *
 * Tables have no prefix here, each shape has a database of its own: names of indexes are digests of their table's name,
 * so a shape holds for the prefix it was made with.
 */
export function upgrade(database: TestDatabase): void {
  const released = readdirSync(SHAPES).filter((name) => name.endsWith(`.${database}.sql`));

  it('is shown from the first release on', () => {
    expect(released).toContain(`0.1.0.${database}.sql`);
  });

  describe.each(released)('from %s', (file) => {
    const text = readFileSync(join(SHAPES, file), 'utf8');
    const credential = (what: string): string =>
      new RegExp(`^-- ${what}: (\\S+)$`, 'm').exec(text)?.[1] ?? `no ${what} in ${file}`;
    let folder: string;
    let empty: EmptyDatabase;
    let app: TestApp;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'shape-'));
      empty = await emptyDatabase(database, join(folder, 'shape.sqlite'));
      const { autoLoadEntities: _a, retryAttempts: _r, ...connection } = empty.connection;
      const source = await new DataSource(connection as DataSourceOptions).initialize();
      const statements = text.replace(/^--.*\n/gm, '').split(/;\n/);
      for (const statement of statements) if (statement.trim()) await source.query(statement);
      await source.destroy();
      const migrated = { ...empty.connection, migrations: AUTH_MIGRATIONS, migrationsRun: true };
      app = await startTestApp({
        connection: { ...migrated, synchronize: false } as never,
        options: { stores: typeOrmStores({ audit: true }) },
      });
      for (const id of ['User 1', 'user-2']) await app.users.add(id, undefined, { id });
    });
    afterAll(async () => {
      await app.close();
      await empty.drop();
      await rm(folder, { recursive: true });
    });

    it('the tables become what the entities say, and every migration is known to have run', async () => {
      const { upQueries } = await app.source.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
      const rows: { name: string }[] = await app.source.query('select name from migrations order by id');
      expect(rows.map(({ name }) => name)).toEqual(AUTH_MIGRATIONS.map((one) => new one().name));
      expect(await app.source.showMigrations()).toBe(false);
    });

    it('a family goes on: its token rotates, a retry gets the same successor', async () => {
      const token = credential('family');
      const { refreshToken, principal } = await app.authentication.refresh(token);
      expect(principal.id).toBe('User 1');
      const retried = await app.authentication.refresh(token);
      expect(retried.refreshToken).toBe(refreshToken);
      await app.authentication.refresh(refreshToken);
    });

    it('a session goes on, unless its cookie is of the form of 0.1.0, which had no tag', async () => {
      const cookie = credential('session');
      const { status, body } = await app
        .client()
        .get('/auth/me', { headers: { cookie: `__Host-session=${cookie}` } });
      const goesOn = !cookie.startsWith('s1_');
      expect([status, body.user?.id]).toEqual(goesOn ? [200, 'User 1'] : [401, undefined]);
    });

    it('what was ended stays so', async () => {
      await expect(app.authentication.refresh(credential('ended'))).rejects.toMatchObject({
        reason: 'revoked',
      });
    });

    it('sign-ins are listed as before, new ones are opened, and a token of long ago is still reuse', async () => {
      const listed = await app.authentication.listSignIns('User 1');
      expect(listed.map(({ kind, label }) => [kind, label]).sort()).toEqual([
        ['session', 'phone'],
        ['tokens', 'phone'],
      ]);
      await app.authentication.signIn('user-2', { mode: 'tokens' });
      expect(await app.authentication.endAllSignIns('user-2')).toBe(2);
      await expect(app.authentication.refresh(credential('parent'))).rejects.toMatchObject({
        reason: 'reused',
      });
      expect(await app.authentication.listSignIns('User 1')).toHaveLength(1);
    });

    it('revocations go on past the ids that 32 bits hold', async () => {
      await nextRevocationId(app.source, database, 2 ** 31);
      const { principal } = await app.authentication.signIn('user-2', { mode: 'session' });
      await app.authentication.signOut(principal);
      const [newest] = await app.source.getRepository(Revocation).find({ order: { id: 'desc' }, take: 1 });
      expect(newest).toMatchObject({ id: 2 ** 31, value: principal.signInId });
    });

    it('security events are listed as before', async () => {
      const listed = await app.app.get(SecurityEvents).list('User 1');
      expect(listed.slice(-4).map(({ type, reason, detail }) => [type, reason, detail])).toEqual([
        ['signed_in', null, { mode: 'session' }],
        ['sign_in_ended', 'ended_by_subject', {}],
        ['signed_in', null, { mode: 'tokens' }],
        ['signed_in', null, { mode: 'tokens' }],
      ]);
      expect(listed.at(-1)!.userAgent).toBe('a browser');
    });

    it('all migrations can be undone and run again', async () => {
      for (const _ of AUTH_MIGRATIONS) await app.source.undoLastMigration();
      const runner = app.source.createQueryRunner();
      try {
        for (const { tablePath } of app.source.entityMetadatas)
          expect([tablePath, await runner.hasTable(tablePath)]).toEqual([tablePath, false]);
      } finally {
        await runner.release();
      }
      expect(await app.source.runMigrations()).toHaveLength(AUTH_MIGRATIONS.length);
      await app.authentication.signIn('User 1', { mode: 'tokens' });
    });
  });
}
