import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { AuthOptions } from 'nestjs-aerie';
import { OwnRedis } from '../support/servers/own-redis.js';
import type { TestNode } from '../support/test-node.js';
import { until } from '../support/until.js';
import { AnswerTimes, BUSY_MS } from './answer-times.js';
import type { FailureCluster } from './failure-cluster.js';
import { FailureClusters } from './failure-clusters.js';
import * as signIns from './warm-sign-ins.js';

// Servers start, hang and recover: a limit that only a hang reaches.
jest.setTimeout(120_000);

const POLL_MS = 500;
/** The last node hears of nothing by polling in the time that a test takes: what it knows it was told. */
const OFTEN = { pollInterval: `${POLL_MS}ms`, maxStaleness: '5s' } as const;
const SELDOM = { pollInterval: '60s', maxStaleness: '60s' } as const;
/** Clients try again at least every two seconds. */
const RECONNECTED_MS = 10_000;
const NUDGED_MS = 1_000;
/** Lookup mode believes a record of the shared cache for so long. */
const BELIEVED_MS = 1_000;

interface Outage {
  readonly name: string;
  /** While everything is well, and live sign-ins are known to all. */
  readonly before?: (cluster: FailureCluster) => Promise<void>;
  readonly begin: (cluster: FailureCluster) => Promise<void>;
  readonly end?: (cluster: FailureCluster) => Promise<void>;
}

const replicas = new Map<FailureCluster, OwnRedis>();
const OUTAGES: readonly Outage[] = [
  { name: 'stopped', begin: ({ redis }) => redis!.stop(), end: ({ redis }) => redis!.start() },
  { name: 'hung', begin: ({ redis }) => redis!.hang(), end: async ({ redis }) => redis!.resume() },
  { name: 'flushed', begin: ({ redis }) => redis!.flush() },
  {
    name: 'killed, and started again empty',
    begin: async ({ redis }) => {
      await redis!.kill();
      await redis!.start();
    },
  },
  {
    name: 'failed over to a replica that lags',
    before: async (cluster) => {
      const replica = await OwnRedis.start({ replicaOf: cluster.redis! });
      replicas.set(cluster, replica);
      await replica.catchUp(cluster.redis!);
      await replica.fallBehind();
    },
    begin: async (cluster) => {
      const replica = replicas.get(cluster)!;
      await replica.promote();
      cluster.failOver(replica);
    },
  },
];

/** How a node comes to know, and what that means while Redis fails. */
interface Mode {
  readonly mode: 'feed' | 'lookup';
  readonly options: (node: number, processes: number) => Partial<AuthOptions>;
  /** How many processes there are, for each database. */
  readonly postgres: number;
  readonly mariadb: number;
  /** Within this time those know of an end who are not told. */
  readonly knownMs: number;
  readonly untold: (nodes: readonly TestNode[]) => readonly TestNode[];
}
const MODES: readonly Mode[] = [
  {
    mode: 'feed',
    options: (node, processes) => ({ revocation: node === processes - 1 ? SELDOM : OFTEN }),
    postgres: 3,
    mariadb: 2,
    knownMs: POLL_MS,
    untold: (nodes) => nodes.slice(0, -1),
  },
  {
    mode: 'lookup',
    options: () => ({ revocation: { mode: 'lookup', maxStaleness: `${BELIEVED_MS}ms` } }),
    postgres: 2,
    mariadb: 3,
    knownMs: BELIEVED_MS,
    untold: (nodes) => nodes,
  },
];

const times = new AnswerTimes();
afterAll(() => times.print('Redis is'));

describe.each(MODES)('Redis fails, and every node goes on: mode $mode', (given) => {
  const { mode, knownMs, untold } = given;
  let clusters: FailureClusters;
  beforeAll(async () => {
    const of = (database: 'postgres' | 'mariadb', name: string) => {
      const processes = given[database];
      const options = (node: number) => given.options(node, processes);
      return { name: `${name} and Redis, ${mode}`, database, withRedis: true, processes, options };
    };
    clusters = await FailureClusters.start([of('postgres', 'PostgreSQL'), of('mariadb', 'MariaDB')]);
  });
  afterAll(() => clusters?.close());

  /** Everything is served by each node, and what ended stays so. */
  async function served(
    row: string,
    { all }: FailureCluster,
    live: signIns.SignInPair,
    gone: signIns.SignInPair,
  ) {
    await Promise.all(
      all.map(async (node) => {
        await times.of(row, 'session', signIns.asksSession(node, live), 0, 200);
        await times.of(row, 'access token', signIns.asksToken(node, live), 0, 200);
        await times.of(row, 'session', signIns.asksSession(node, gone), 0, signIns.SESSION_ENDED);
        await times.of(row, 'access token', signIns.asksToken(node, gone), 0, signIns.TOKEN_ENDED);
        const { subject } = live.session;
        await times.of(row, 'sign-in', node.control('sign-in', { subject, mode: 'session' }), 0, 200);
        const opened = node.control('sign-in', { subject, mode: 'tokens' });
        const { body } = await times.of(row, 'sign-in', opened, 0, 200);
        await times.of(row, 'refresh', node.refresh(body), 0, 200);
      }),
    );
  }

  /** A logout on each node is known there at once, and soon on the others, which get no notification. */
  async function endedMeanwhile(row: string, { all }: FailureCluster): Promise<signIns.SignInPair[]> {
    return Promise.all(
      all.map(async (node) => {
        const pair = await signIns.warmPair(all, node);
        for (const credentials of [pair.session, pair.tokens])
          await times.of(row, 'logout', node.logout(credentials), 0, 204);
        expect(await signIns.isKnown([node], pair)).toBe(true);
        await signIns.known(untold(all), pair, knownMs + BUSY_MS);
        return pair;
      }),
    );
  }

  /** The last node, which polls once a minute, is told at once again. */
  async function toldAgain({ all }: FailureCluster): Promise<void> {
    const last = all.slice(-1);
    const isTold = async (): Promise<boolean> => {
      const pair = await signIns.warmPair(all);
      await signIns.end(all[0]!, pair);
      return signIns.known(last, pair, NUDGED_MS).then(
        () => true,
        () => false,
      );
    };
    await until('notifications are carried again', isTold, RECONNECTED_MS);
  }

  it.each(OUTAGES)('$name', async ({ name, before, begin, end }) => {
    await clusters.each(async (cluster) => {
      const { all } = cluster;
      const row = `${name} (${cluster.name})`;
      const live = await signIns.warmPair(all);
      const gone = await signIns.warmPair(all);
      await before?.(cluster);
      await signIns.end(all[0]!, gone);
      await signIns.known(all, gone, RECONNECTED_MS);
      const ended = Date.now();
      // What a replica brings back is no older than what may be believed.
      if (mode === 'lookup') await until('it is too old', () => Date.now() - ended > BELIEVED_MS);
      await begin(cluster);
      await served(row, cluster, live, gone);
      const meanwhile = await endedMeanwhile(row, cluster);
      await end?.(cluster);
      // Who was away looks once it is back, without being told.
      for (const pair of meanwhile) await signIns.known(all, pair, RECONNECTED_MS);
      if (mode === 'feed') await toldAgain(cluster);
      await served(row, cluster, live, gone);
    });
  });
});
