import type { RevocationOptions } from 'nestjs-aerie';
import { Nodes } from '../../support/nodes.js';
import { OwnRedis } from '../../support/servers/own-redis.js';
import type { TestNode } from '../../support/test-node.js';

/** What a machine that is busy with other tests may add. */
const BUSY_MS = 2_000;

/** How nodes hear of what another one of them has ended. */
export interface Setup {
  readonly name: string;
  readonly database: 'postgres' | 'mariadb';
  readonly redis: boolean;
  readonly counts: readonly number[];
  readonly revocation: RevocationOptions;
  /** For so long, after the answer, other nodes may still admit what has ended; 0: no request more. */
  readonly soonMs: number;
  /** The same when who should have told them was killed, or could not. */
  readonly untoldMs: number;
}

/** Longer than a notification takes on a busy machine: what is known before the next poll was told. */
const POLL_MS = 3_000;
const NUDGED = {
  counts: [2, 3],
  revocation: { pollInterval: `${POLL_MS}ms` },
  soonMs: BUSY_MS,
  untoldMs: POLL_MS + BUSY_MS,
} as const;

/** Nodes tell each other at once. */
export const BY_NOTIFICATIONS: readonly Setup[] = [
  { name: 'PostgreSQL and Redis', database: 'postgres', redis: true, ...NUDGED },
  { name: 'PostgreSQL alone', database: 'postgres', redis: false, ...NUDGED },
  { name: 'MariaDB and Redis', database: 'mariadb', redis: true, ...NUDGED },
];

const POLLED_MS = 500;

/** No node notifies another one. */
export const BY_POLLING: readonly Setup[] = [
  {
    name: 'MariaDB alone',
    database: 'mariadb',
    redis: false,
    counts: [2],
    revocation: { pollInterval: `${POLLED_MS}ms` },
    soonMs: POLLED_MS + BUSY_MS,
    untoldMs: POLLED_MS + BUSY_MS,
  },
];

const RECORDED_MS = 2_000;

/** Each request asks the table, or a record of it in a cache, which is not older than this. */
export const BY_LOOKUP: readonly Setup[] = [
  {
    name: 'PostgreSQL and a cache on Redis',
    database: 'postgres',
    redis: true,
    counts: [2],
    revocation: { mode: 'lookup', maxStaleness: `${RECORDED_MS}ms` },
    soonMs: RECORDED_MS + BUSY_MS,
    untoldMs: RECORDED_MS + BUSY_MS,
  },
  {
    name: 'MariaDB alone',
    database: 'mariadb',
    redis: false,
    counts: [2],
    revocation: { mode: 'lookup' },
    soonMs: 0,
    untoldMs: 0,
  },
];

/** Nodes of a setup, with a Redis of their own if they have one, and a cache on it. The last node ends a whole subject for a reuse. */
export class Cluster {
  private constructor(
    readonly setup: Setup,
    private readonly started: Nodes,
    private readonly redis: OwnRedis | null,
  ) {}

  static async start(setup: Setup, count: number): Promise<Cluster> {
    const { database, revocation } = setup;
    const redis = setup.redis ? await OwnRedis.start() : null;
    try {
      const nodes = await Nodes.start(count, {
        database,
        adapter: count === 2 ? 'express' : 'fastify',
        options: (node) => ({
          revocation,
          refreshTokens: { onReuse: node === count - 1 ? 'revoke-subject' : 'revoke-family' },
        }),
        ...(redis && { redisUrl: redis.url }),
      });
      return new Cluster(setup, nodes, redis);
    } catch (error) {
      await redis?.close();
      throw error;
    }
  }

  get nodes(): readonly TestNode[] {
    return this.started.all;
  }

  get first(): TestNode {
    return this.nodes[0]!;
  }

  get last(): TestNode {
    return this.nodes.at(-1)!;
  }

  allBut(node: TestNode): readonly TestNode[] {
    return this.nodes.filter((one) => one !== node);
  }

  async flushRedis(): Promise<void> {
    await this.redis?.flush();
  }

  async close(): Promise<void> {
    await this.started.close();
    await this.redis?.close();
  }
}
