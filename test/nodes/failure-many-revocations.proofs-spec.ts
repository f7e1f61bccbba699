import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestNode } from '../support/test-node.js';
import { until } from '../support/until.js';
import { AnswerTimes, BUSY_MS, DATABASE_MS } from './answer-times.js';
import type { FailureCluster } from './failure-cluster.js';
import { FailureClusters } from './failure-clusters.js';
import * as signIns from './warm-sign-ins.js';

// Processes start: a limit that only a hang reaches.
jest.setTimeout(120_000);

const POLL_MS = 500;
const STALE_MS = 2_000;
const MAX_ENTRIES = 8_000;
/** More than are read whole with every poll. */
const MANY = 6_000;
const HELD_MS = 2_500;
const TOKEN_STALE = 'AUTH_ACCESS_TOKEN_STALE';

const times = new AnswerTimes();
afterAll(() => times.print('revocations are'));

/** Revocations of sign-ins that do not exist. */
async function insertRevocations({ nodes }: FailureCluster, count: number): Promise<void> {
  const now = Date.now();
  for (let done = 0; done < count; done += 1_000) {
    const rows = Array.from(
      { length: 1_000 },
      (_, i) => `('sign_in', '${now}-${done + i}', ${now}, ${now + 3_600_000})`,
    );
    await nodes.query(
      (prefix) =>
        `insert into ${prefix}auth_revocation (kind, value, created_at, expires_at) values ${rows.join()}`,
    );
  }
}

describe('revocations that are late, and many', () => {
  let clusters: FailureClusters;
  beforeAll(async () => {
    const options = {
      revocation: {
        pollInterval: `${POLL_MS}ms`,
        maxStaleness: `${STALE_MS}ms`,
        maxEntries: MAX_ENTRIES,
      },
    } as const;
    clusters = await FailureClusters.start([
      { name: 'PostgreSQL and Redis', database: 'postgres', withRedis: true, processes: 3, options },
      { name: 'PostgreSQL', database: 'postgres', withRedis: false, processes: 2, options },
      { name: 'MariaDB and Redis', database: 'mariadb', withRedis: true, processes: 2, options },
    ]);
  });
  afterAll(() => clusters?.close());

  const control = async (node: TestNode, command: string, subject: string): Promise<void> =>
    expect((await node.control(command, { subject })).status).toBe(200);

  /** Transactions of the application, on two nodes, which are committed in another order than they were begun. */
  async function missesNone({ all }: FailureCluster): Promise<void> {
    const hosts = [all[0]!, all[1]!, all[0]!, all[1]!];
    const held = await Promise.all(hosts.map(async (node) => ({ node, pair: await signIns.warmPair(all) })));
    for (const { node, pair } of held) await control(node, 'begin-roles-changed', pair.tokens.subject);
    const began = Date.now();
    const codes = async ({ pair }: (typeof held)[number]): Promise<(string | null)[]> =>
      Promise.all(all.map(async (node) => (await signIns.asksToken(node, pair)).code));
    // Meanwhile others commit, and are heard of: every node has read past what is open.
    while (Date.now() - began < HELD_MS) {
      const passing = await signIns.warmPair(all);
      await signIns.end(all[1]!, passing);
      await signIns.known(all, passing, POLL_MS + BUSY_MS);
      for (const one of held) expect(new Set(await codes(one))).toEqual(new Set([null]));
    }
    for (const one of held.toReversed()) {
      await control(one.node, 'commit-roles-changed', one.pair.tokens.subject);
      await until(
        'every node knows of the change',
        async () => (await codes(one)).every((code) => code === TOKEN_STALE),
        POLL_MS + BUSY_MS,
      );
      await times.of('late', 'refresh', one.node.refresh(one.pair.tokens), 0, 200);
    }
  }

  it('a change in a transaction that stays open is unknown before its commit, and missed by none', async () => {
    await clusters.each(missesNone);
  });

  it('the same with more than 5,000 that are live', async () => {
    await clusters.each(async (cluster) => {
      await insertRevocations(cluster, MANY);
      await missesNone(cluster);
    });
  });

  it('a node that was away reads all of them again: ids may have been given twice by a database that failed over', async () => {
    await clusters.each(async ({ all, nodes, name }) => {
      const row = `under ids that were read (${name})`;
      const last = all.at(-1)!;
      const gone = await signIns.warmPair(all);
      await last.suspend();
      const suspended = Date.now();
      await signIns.end(all[0]!, gone);
      const table = (prefix: string): string => `${prefix}auth_revocation`;
      const read = await nodes.query<{ id: number }>(
        (prefix) => `select id from ${table(prefix)} where value like '%-1000' or value like '%-2000'`,
      );
      for (const [i, { signInId }] of [gone.session, gone.tokens].entries()) {
        const { id } = read[i]!;
        await nodes.query((prefix) => `delete from ${table(prefix)} where id = ${id}`);
        await nodes.query((prefix) => `update ${table(prefix)} set id = ${id} where value = '${signInId}'`);
      }
      await until('what it knows is too old', () => Date.now() - suspended > STALE_MS + POLL_MS);
      last.resume();
      const unavailable = [503, 'AUTH_STORE_UNAVAILABLE'] as const;
      const asked = [signIns.asksSession(last, gone), signIns.asksToken(last, gone)] as const;
      await times.of(row, 'session', asked[0], DATABASE_MS, signIns.SESSION_ENDED, unavailable);
      await times.of(row, 'access token', asked[1], DATABASE_MS, signIns.TOKEN_ENDED, unavailable);
      await signIns.known([last], gone, POLL_MS + BUSY_MS);
    });
  });

  it('with more than are kept in memory, the tables are asked', async () => {
    await clusters.each(async (cluster) => {
      const { all, name, nodes } = cluster;
      const row = `more than fit (${name})`;
      const [live, gone] = [await signIns.warmPair(all), await signIns.warmPair(all)];
      await signIns.end(all[0]!, gone);
      await insertRevocations(cluster, MAX_ENTRIES + 1_000 - MANY);
      await until('every node says so', () => {
        const said = nodes.logs.filter((line) => line.includes('revocation.maxEntries'));
        return said.length === all.length;
      });
      // A process that starts with so many asks the tables as well.
      await all.at(-1)!.restart();
      for (const node of all) {
        await times.of(row, 'session', signIns.asksSession(node, live), DATABASE_MS, 200);
        await times.of(row, 'access token', signIns.asksToken(node, live), DATABASE_MS, 200);
        await times.of(row, 'session', signIns.asksSession(node, gone), DATABASE_MS, signIns.SESSION_ENDED);
        await times.of(row, 'access token', signIns.asksToken(node, gone), DATABASE_MS, signIns.TOKEN_ENDED);
        const { subject } = live.session;
        await times.of(
          row,
          'sign-in',
          node.control('sign-in', { subject, mode: 'session' }),
          DATABASE_MS,
          200,
        );
        const next = await signIns.warmPair(all);
        await times.of(row, 'refresh', node.refresh(next.tokens), DATABASE_MS, 200);
        for (const credentials of [next.session, next.tokens])
          await times.of(row, 'logout', node.logout(credentials), DATABASE_MS, 204);
        // At once, and not at the next poll.
        expect(await signIns.isKnown(all, next)).toBe(true);
      }
    });
  });
});
