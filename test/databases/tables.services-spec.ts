import { afterEach, describe, expect, it } from '@jest/globals';
import { AUTH_ENTITIES, RefreshTokenFamily, Revocation, Session } from 'nestjs-aerie/typeorm';
import type { DataSource } from 'typeorm';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { freshPrefix, testConnection } from '../support/test-databases.js';
import { refresh, refreshed, signIn } from '../support/sign-ins.js';
import { age, connect, dropTables } from '../support/test-stores.js';

const DAY_MS = 86_400_000;

/** The tables whose names begin so, without their schema. */
async function tablesOf(source: DataSource, prefix: string): Promise<string[]> {
  const rows: { name: string }[] = await source.query(
    `select table_name as name from information_schema.tables where table_name like '${prefix}%' order by 1`,
  );
  return rows.map(({ name }) => name.slice(prefix.length));
}

/** By the migration that makes them. */
const FIRST = ['auth_event', 'auth_refresh_token_family', 'auth_revocation', 'auth_session', 'auth_subject'];
const BEFORE_ATTEMPTS = [...FIRST, 'auth_signing_key'];
const TABLES = [...BEFORE_ATTEMPTS, 'auth_attempt'];
/** Those of the features that `connect` knows. */
const OF_SERVICES = ['auth_service_client', 'auth_spent_token_id'];
const OF_FORMER = ['auth_former_credential', 'auth_former_subject'];
const OF_FLOWS = ['auth_action_token'];
const OF_HANDOVER = ['auth_handover'];

describe.each(['postgres', 'mariadb'] as const)('the tables, on %s', (database) => {
  const open: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });
  const opened = async (): Promise<DataSource> => {
    const source = await connect(database, freshPrefix());
    open.push(async () => {
      await dropTables(source);
      await source.destroy();
    });
    return source;
  };
  const started = async (changes = {}): Promise<TestApp> => {
    const app = await startTestApp({ connection: { ...testConnection(database), ...changes } as never });
    open.push(async () => {
      await dropTables(app.source);
      await app.close();
    });
    return app;
  };

  it('come and go with the migrations, under the prefix of the connection', async () => {
    const source = await opened();
    const prefix = source.options.entityPrefix!;
    const before = [...TABLES, ...OF_SERVICES, ...OF_FORMER, 'migrations'].sort();
    const withFlows = [...before, ...OF_FLOWS].sort();
    const every = [...withFlows, ...OF_HANDOVER].sort();
    expect(await tablesOf(source, prefix)).toEqual(every);
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
    await source.undoLastMigration();
    expect(await tablesOf(source, prefix)).toEqual(withFlows);
    await source.undoLastMigration();
    expect(await tablesOf(source, prefix)).toEqual(before);
    // The newest one of the core made no table.
    await source.undoLastMigration();
    expect(await tablesOf(source, prefix)).toEqual(before);
    await source.undoLastMigration();
    expect(await tablesOf(source, prefix)).toEqual(before.filter((name) => name !== 'auth_attempt'));
    // Nor did the one before that of attempts.
    await source.undoLastMigration();
    expect(await tablesOf(source, prefix)).toEqual(before.filter((name) => name !== 'auth_attempt'));
    await source.undoLastMigration();
    expect(await tablesOf(source, prefix)).toEqual([...BEFORE_ATTEMPTS, ...OF_SERVICES, 'migrations'].sort());
    await source.undoLastMigration();
    expect(await tablesOf(source, prefix)).toEqual([...BEFORE_ATTEMPTS, 'migrations'].sort());
    // Nor did the one before it.
    await source.undoLastMigration();
    expect(await tablesOf(source, prefix)).toEqual([...BEFORE_ATTEMPTS, 'migrations'].sort());
    await source.undoLastMigration();
    expect(await tablesOf(source, prefix)).toEqual([...FIRST, 'migrations'].sort());
    await source.undoLastMigration();
    expect(await tablesOf(source, prefix)).toEqual(['migrations']);
    await source.runMigrations();
    expect(await tablesOf(source, prefix)).toEqual(every);
    expect(await source.runMigrations()).toEqual([]);
  });

  it('can be made by synchronize, and made so again', async () => {
    const app = await started({ migrations: [], migrationsRun: false, synchronize: true });
    await app.users.add('ada');
    const { body } = await signIn(app, 'tokens');
    await app.source.synchronize();
    const second = await refreshed(app, body.refresh_token);
    await refreshed(app, second.refresh_token);
    expect((await refresh(app, body.refresh_token)).status).toBe(401);
  });

  it('tell Alice from alice, and é from e', async () => {
    const app = await started();
    const names = ['Alice', 'alice', 'ALICE', 'élise', 'elise', 'alice '];
    for (const id of names) await app.users.add(`login of ${id}`, undefined, { id });
    const signedIn = new Map<string, { token: string; id: string }>();
    for (const id of names) {
      const { body, id: signInId } = await signIn(app, 'tokens', `login of ${id}`);
      signedIn.set(id, { token: body.refresh_token, id: signInId });
    }
    for (const id of names) {
      const listed = await app.authentication.listSignIns(id);
      expect(listed.map((one) => one.id)).toEqual([signedIn.get(id)!.id]);
    }
    expect(await app.authentication.endAllSignIns('alice')).toBe(1);
    expect(await app.authentication.endAllSignIns('élise')).toBe(1);
    for (const id of names) {
      const { status, body } = await refresh(app, signedIn.get(id)!.token);
      const ended = id === 'alice' || id === 'élise';
      expect({ id, status }).toEqual({ id, status: ended ? 401 : 200 });
      if (!ended) expect(body.user.id).toBe(id);
    }
  });

  it('are swept of what is past its limit, and of nothing else', async () => {
    const app = await started();
    await app.users.add('ada');
    const [live, past, reused] = [
      await signIn(app, 'tokens'),
      await signIn(app, 'tokens'),
      await signIn(app, 'tokens'),
    ];
    const [session, pastSession] = [await signIn(app, 'session'), await signIn(app, 'session')];
    await app.authentication.endSignIn('user-1', reused.id);
    await age(app.source, RefreshTokenFamily, past.id, 31 * DAY_MS);
    await age(app.source, Session, pastSession.id, 2 * DAY_MS);
    const revocations = app.source.getRepository(Revocation);
    await revocations.insert({ kind: 'sign_in', value: 'long ago', epoch: null, createdAt: 1, expiresAt: 2 });
    expect(await app.authentication.sweep()).toEqual({
      families: 1,
      sessions: 1,
      revocations: 1,
      features: {},
      events: 0,
      attempts: 0,
    });
    const families = await app.source.getRepository(RefreshTokenFamily).find();
    expect(families.map(({ id }) => id).sort()).toEqual([live.id, reused.id].sort());
    const sessions = await app.source.getRepository(Session).find();
    expect(sessions.map(({ id }) => id)).toEqual([session.id]);
    expect((await revocations.find()).map(({ value }) => value)).toEqual([reused.id]);
    expect(await app.authentication.sweep()).toEqual({
      families: 0,
      sessions: 0,
      revocations: 0,
      features: {},
      events: 0,
      attempts: 0,
    });
  });

  it('are swept by several nodes at once, each row once', async () => {
    const one = await started();
    const past = Array.from({ length: 1_200 }, (_, i) => ({
      kind: 'sign_in' as const,
      value: `sign-in ${i}`,
      epoch: null,
      createdAt: 1,
      expiresAt: 2,
    }));
    await one.source.getRepository(Revocation).insert(past);
    const prefix = one.source.options.entityPrefix!;
    const second = await startTestApp({ connection: testConnection(database, prefix) });
    try {
      const swept = await Promise.all([one.authentication.sweep(), second.authentication.sweep()]);
      // A node skips what another one holds: what both skipped is left to the next sweep.
      swept.push(await one.authentication.sweep());
      expect(swept.reduce((sum, { revocations }) => sum + revocations, 0)).toBe(past.length);
      expect(await one.source.getRepository(Revocation).count()).toBe(0);
    } finally {
      await second.close();
    }
  });

  if (database === 'postgres') {
    it('come and go in the schema of the connection', async () => {
      const schema = freshPrefix().slice(0, -1);
      const outside = await opened();
      await outside.query(`create schema "${schema}"`);
      open.push(() => outside.query(`drop schema "${schema}" cascade`));
      const app = await started({ schema });
      await app.users.add('ada');
      const { body } = await signIn(app, 'tokens');
      await refreshed(app, body.refresh_token);
      const rows: { name: string }[] = await app.source.query(
        `select table_name as name from information_schema.tables where table_schema = '${schema}' order by 1`,
      );
      const prefix = app.source.options.entityPrefix!;
      expect(rows.map(({ name }) => name)).toEqual(
        [...TABLES, 'migrations'].sort().map((name) => prefix + name),
      );
      expect(app.source.getMetadata(AUTH_ENTITIES[0]).schema).toBe(schema);
      for (const _ of app.source.migrations) await app.source.undoLastMigration();
      expect(await tablesOf(app.source, prefix)).toEqual(['migrations']);
      await app.source.runMigrations();
      await signIn(app, 'session');
    });
  }
});
