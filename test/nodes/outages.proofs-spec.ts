import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Nodes } from '../support/nodes.js';
import { CuttableProxy } from '../support/servers/cuttable-proxy.js';
import { OwnMariaDb } from '../support/servers/own-mariadb.js';
import { OwnPostgres } from '../support/servers/own-postgres.js';
import { OwnRedis } from '../support/servers/own-redis.js';
import { OwnRedisCluster } from '../support/servers/own-redis-cluster.js';
import type { Credentials, TestNode } from '../support/test-node.js';
import type { TimedAnswer } from '../support/timed-request.js';
import { until } from '../support/until.js';

// Servers start, hang and recover: a limit that only a hang reaches.
jest.setTimeout(120_000);

const DEADLINE_MS = 2_000;
/** What a machine that is busy with other tests may add. */
const BUSY_MS = 3_000;
/** For so long a connection may be in the making; then another is tried. */
const CONNECTING_MS = 10_000;
/** More than a pool has connections, and more than are let into its queue. */
const MANY = 150;

describe.each([
  ['PostgreSQL', OwnPostgres],
  ['MariaDB', OwnMariaDb],
])('a node whose %s', (_name, Server) => {
  let server: OwnPostgres | OwnMariaDb;
  let proxy: CuttableProxy;
  let nodes: Nodes;
  let node: TestNode;
  let session: Credentials;
  let tokens: Credentials;
  beforeAll(async () => {
    server = await Server.start();
    proxy = await CuttableProxy.to(server.port);
    nodes = await Nodes.start(1, { database: server, databaseUrl: () => proxy.urlOf(server.url) });
    node = nodes.all[0]!;
    session = await node.signIn(randomUUID(), 'session');
    tokens = await node.signIn(randomUUID(), 'tokens');
  });
  afterAll(async () => {
    await nodes?.close();
    await proxy?.close();
    await server?.close();
  });

  const list = (): Promise<TimedAnswer> => node.request('/auth/sign-ins', { credentials: session });
  /** Each needs the database, whatever a node has in memory. */
  const requests: readonly (() => Promise<TimedAnswer>)[] = [
    list,
    () => node.refresh(tokens),
    () => node.control('sign-in', { subject: session.subject, mode: 'session' }),
    () => node.logout(tokens),
  ];

  /** No request is refused for it, each is answered, and what needs no database is served. */
  async function unavailable(count: number): Promise<void> {
    const answers = await Promise.all(
      Array.from({ length: count }, (_, i) => requests[i % requests.length]!()),
    );
    for (const { status, code, ms } of answers) {
      expect({ status, code }).toEqual({ status: 503, code: 'AUTH_STORE_UNAVAILABLE' });
      expect(ms).toBeLessThan(DEADLINE_MS + BUSY_MS);
    }
    expect((await node.request('/unguarded')).status).toBe(200);
  }

  /** The same process serves the same credentials, without a word to it. */
  async function recovered(withinMs: number): Promise<void> {
    const served = async (): Promise<boolean> => {
      const { status } = await list();
      expect([200, 503]).toContain(status);
      return status === 200;
    };
    await until('the node has recovered', served, withinMs + BUSY_MS);
    const { status, body } = await node.refresh(tokens);
    expect(status).toBe(200);
    tokens = { ...tokens, refreshToken: body.refresh_token };
  }

  it.each(['immediate', 'fast'] as const)('is stopped (%s), and started again', async (how) => {
    await server.stop(how);
    await unavailable(4);
    await unavailable(40);
    await server.start();
    await recovered(0);
  });

  it('hangs, and goes on', async () => {
    await server.hang();
    await unavailable(4);
    await unavailable(MANY);
    server.resume();
    await recovered(DEADLINE_MS);
  });

  it('cannot be reached, and can again', async () => {
    await proxy.cut();
    await unavailable(40);
    await proxy.restore();
    await recovered(0);
  });

  it('vanishes, and is there again: old connections never learn of it', async () => {
    proxy.lose();
    await unavailable(4);
    await unavailable(MANY);
    await proxy.restore();
    await recovered(CONNECTING_MS + DEADLINE_MS);
  });
});

it('a node whose Redis is stopped goes on, and is told', async () => {
  const redis = await OwnRedis.start();
  const nodes = await Nodes.start(1, { database: 'postgres', redisUrl: redis.url, adapter: 'fastify' });
  try {
    const [node] = nodes.all as [TestNode];
    const session = await node.signIn(randomUUID(), 'session');
    await redis.stop();
    await until('the node has noticed', () => nodes.logs.some((line) => line.startsWith('redis:')));
    expect((await node.request('/session', { credentials: session })).status).toBe(200);
  } finally {
    await nodes.close();
    await redis.close();
  }
});

it('a node that is given a Redis Cluster starts, and goes on when a node of it is stopped', async () => {
  const cluster = await OwnRedisCluster.start();
  const nodes = await Nodes.start(1, { database: 'postgres', redisUrl: cluster.urls });
  try {
    const [node] = nodes.all as [TestNode];
    const session = await node.signIn(randomUUID(), 'session');
    await cluster.nodes[0]!.stop();
    expect((await node.request('/session', { credentials: session })).status).toBe(200);
  } finally {
    await nodes.close();
    await cluster.close();
  }
});

it('a node that listens at a Redis Cluster is told again when the primary that it listens at has failed over', async () => {
  const cluster = await OwnRedisCluster.start();
  // No poll is due in the time that this takes.
  const revocation = { pollInterval: '60s', maxStaleness: '60s' } as const;
  const nodes = await Nodes.start(2, {
    database: 'postgres',
    redisUrl: cluster.urls,
    options: { revocation },
  });
  try {
    const [telling, told] = nodes.all as [TestNode, TestNode];
    const isTold = async (): Promise<boolean> => {
      const session = await telling.signIn(randomUUID(), 'session');
      expect((await told.request('/session', { credentials: session })).status).toBe(200);
      expect((await telling.logout(session)).status).toBe(204);
      return until(
        'the other node knows',
        async () => (await told.request('/session', { credentials: session })).status === 401,
        1_000,
      ).then(
        () => true,
        () => false,
      );
    };
    await until('notifications are carried', isTold);
    const listens = await Promise.all(
      cluster.nodes.map(async (one) => String(await one.command('CLIENT', 'LIST', 'TYPE', 'pubsub')) !== ''),
    );
    const primary = cluster.nodes[listens.indexOf(true)]!;
    const replica = await cluster.addReplica(primary);
    const promoted = cluster.failOver(primary, replica);
    const session = await told.signIn(randomUUID(), 'session');
    expect((await told.request('/session', { credentials: session })).status).toBe(200);
    expect((await told.refresh(await told.signIn(randomUUID(), 'tokens'))).status).toBe(200);
    await promoted;
    await until('notifications are carried again', isTold, CONNECTING_MS + BUSY_MS);
  } finally {
    await nodes.close();
    await cluster.close();
  }
});
