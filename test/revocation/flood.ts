import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { AuthStatus } from 'nestjs-aerie';
import { Revocation } from 'nestjs-aerie/typeorm';
import { subjectKey } from 'nestjs-aerie/stores';
import { hostTransaction } from 'nestjs-aerie/typeorm';
import type { DataSource } from 'typeorm';
import { claimsOf, signIn, statusOf } from '../support/sign-ins.js';
import { isPoll, StatementLog } from '../support/statement-log.js';
import { type Adapter, ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { freshPrefix, type TestDatabase, testConnection } from '../support/test-databases.js';
import { dropTables } from '../support/test-stores.js';
import { until } from '../support/until.js';
import { plansOf } from '../statements/plans.js';

// Hundreds of thousands of rows: a limit that only a hang reaches.
jest.setTimeout(180_000);

const OF_ONE = 400_000;
const OF_MANY = 300_000;
const SLOWEST_MS = 2_000;
const MAX_STALENESS_MS = 5_000;
const HOUR = 3_600_000;

/** A row for each number between two. */
const SERIES: Record<TestDatabase, (first: number, last: number) => string> = {
  postgres: (first, last) => `select n from generate_series(${first}, ${last}) n`,
  mariadb: (first, last) => `select seq as n from seq_${first}_to_${last}`,
  sqlite: (first, last) =>
    `select n from (with recursive s(n) as (select ${first} union all select n + 1 from s where n < ${last}) select n from s)`,
};

/** Revocations `subject_stale`, of one subject or of one each; in parts, between which others have their turn. */
async function flood(
  source: DataSource,
  database: TestDatabase,
  rows: { readonly first: number; readonly count: number; readonly subject: string | null },
): Promise<void> {
  const { tablePath } = source.getMetadata(Revocation);
  // SQLite works in this very process.
  const part = database === 'sqlite' ? 2_000 : 50_000;
  const value = rows.subject
    ? `'${rows.subject}'`
    : database === 'mariadb'
      ? `concat('subject-', n)`
      : `'subject-' || n`;
  const now = Date.now();
  for (let first = rows.first; first < rows.first + rows.count; first += part) {
    const last = Math.min(first + part, rows.first + rows.count) - 1;
    await source.query(`insert into ${tablePath} (kind, value, epoch, created_at, expires_at)
      select 'subject_stale', ${value}, ${now}, ${now}, ${now + HOUR} from (${SERIES[database](first, last)}) numbers`);
    await new Promise((next) => setTimeout(next, 1));
  }
}

/** Asks without pause, until it is stopped: every status, and the slowest answer. */
function asking(ask: () => Promise<number>): () => Promise<{ statuses: number[]; slowestMs: number }> {
  const statuses = new Set<number>();
  let slowestMs = 0;
  let stopped = false;
  const asked = (async () => {
    while (!stopped) {
      const at = performance.now();
      statuses.add(await ask());
      slowestMs = Math.max(slowestMs, performance.now() - at);
      await new Promise((next) => setTimeout(next, 5));
    }
  })();
  return async () => {
    stopped = true;
    await asked;
    return { statuses: [...statuses], slowestMs };
  };
}

/** A user who announces without end takes nothing from other users. */
export function revocationFlood(database: TestDatabase): void {
  describe('with 400,000 revocations of one subject and 300,000 of others, and more that come', () => {
    const log = new StatementLog(true);
    let app: TestApp;
    const apps: TestApp[] = [];
    const prefix = freshPrefix();
    const started = async (adapter: Adapter): Promise<TestApp> => {
      const connection = { ...testConnection(database, prefix), logging: true, logger: log } as never;
      const one = await startTestApp({ adapter, connection });
      apps.push(one);
      return one;
    };
    beforeAll(async () => {
      app = await started('express');
      for (const name of ['ada', 'eve', 'bob']) await app.users.add(name);
    });
    afterAll(async () => {
      await dropTables(app.source);
      for (const one of apps) await one.close();
    });

    it('an access token of somebody else is good, at once; what ends is ended', async () => {
      const ada = (await signIn(app, 'tokens')).body.access_token as string;
      const eve = await signIn(app, 'tokens', 'eve');
      const bob = await signIn(app, 'tokens', 'bob');
      const evesId = claimsOf(eve.body.access_token)['sub'] as string;
      const stop = asking(() => statusOf(app, ada));
      await flood(app.source, database, { first: 1, count: OF_ONE, subject: subjectKey(evesId) });
      await flood(app.source, database, { first: 1, count: OF_MANY, subject: null });
      await until('the feed overflows', () => overflows(app), 20_000);
      // A process that starts now.
      const other = database === 'sqlite' ? app : await started('fastify');
      const stopOther = asking(() => statusOf(other, ada));
      for (let first = OF_MANY + 1, round = 0; round < 40; round++, first += 500) {
        await flood(app.source, database, { first, count: 250, subject: null });
        await flood(app.source, database, { first: first + 250, count: 250, subject: subjectKey(evesId) });
        await new Promise((next) => setTimeout(next, 100));
      }
      for (const { statuses, slowestMs } of [await stop(), await stopOther()]) {
        expect(statuses).toEqual([200]);
        expect(slowestMs).toBeLessThan(SLOWEST_MS);
      }
      const json = { refresh_token: bob.body.refresh_token as string };
      expect((await app.client().post('/auth/logout', { json })).status).toBe(204);
      for (const one of apps) expect(await statusOf(one, bob.body.access_token)).toBe(401);
    });

    it('a page is read by the primary key', async () => {
      const pages = new Map(
        log.statements
          .filter(({ query }) => isPoll(query) && query.includes('auth_revocation'))
          .map((statement) => [statement.query, statement] as const),
      );
      expect(pages.size).toBeGreaterThan(0);
      for (const { query } of pages.values()) {
        const after = /> (\$1|\?)/.test(query);
        for (const parameters of after ? [[0], [OF_ONE]] : []) {
          const plans = await plansOf(app.source, database, { query, parameters });
          for (const { scanned, indexes } of plans) {
            expect(scanned).toEqual([]);
            expect(indexes).toHaveLength(1);
            expect(indexes[0]).toMatch(/PK_|PRIMARY/);
          }
        }
      }
    });
  });

  // SQLite gives a process one connection: there is no read while a transaction of the application is open.
  if (database === 'sqlite') return;

  describe('while others replace their revocations without end', () => {
    const nodes: TestApp[] = [];
    beforeAll(async () => {
      const prefix = freshPrefix();
      for (const adapter of ADAPTERS)
        nodes.push(
          await startTestApp({
            adapter,
            connection: testConnection(database, prefix),
            options: { revocation: { notifications: false } },
          }),
        );
      for (const node of nodes) for (const name of ['ada', 'eve']) await node.users.add(name);
    });
    afterAll(async () => {
      await dropTables(nodes[0]!.source);
      for (const node of nodes) await node.close();
    });

    it('a change in a transaction that stays open is heard of within maxStaleness of its commit', async () => {
      const [node] = nodes as [TestApp];
      const { source } = node;
      const token = (await signIn(node, 'tokens')).body.access_token as string;
      const { tablePath } = source.getMetadata(Revocation);
      // MariaDB must not look at the row of the transaction that is open.
      const { indices } = source.getMetadata(Revocation);
      const index = indices.find(({ columns }) => columns.length === 2)!.name;
      const deletion = (which: string): string =>
        database === 'mariadb'
          ? `delete r from ${tablePath} r force index (${index}) where ${which}`
          : `delete from ${tablePath} r where ${which}`;
      const host = source.createQueryRunner();
      await host.startTransaction();
      await node.authentication.rolesChanged('user-1', { transaction: hostTransaction(host.manager) });
      // 40,000 ids that no sign-in has, and a few that are kept.
      for (let round = 0; round < 20; round++) {
        await flood(source, database, { first: 1, count: 2_000, subject: 'replaced' });
        await flood(source, database, { first: 1 + round * 20, count: 20, subject: null });
        const [{ newest }] = await source.query(
          `select max(id) as newest from ${tablePath} where value = 'replaced'`,
        );
        await source.query(deletion(`r.value = 'replaced' and r.id < ${newest}`));
        await new Promise((next) => setTimeout(next, 300));
      }
      for (const one of nodes) expect(await statusOf(one, token)).toBe(200);
      await host.commitTransaction();
      await host.release();
      await until(
        'every node knows',
        async () => (await Promise.all(nodes.map((one) => statusOf(one, token)))).every((s) => s === 401),
        MAX_STALENESS_MS,
      );
    });
  });
}

function overflows(app: TestApp): boolean {
  return app.app.get(AuthStatus).feed()?.overflowing === true;
}
