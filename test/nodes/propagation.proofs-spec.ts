import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Nodes, type NodesInput } from '../support/nodes.js';
import { OwnRedis } from '../support/servers/own-redis.js';
import { OwnRedisCluster } from '../support/servers/own-redis-cluster.js';
import type { Credentials } from '../support/test-node.js';
import { until } from '../support/until.js';

// Processes start and end: a limit that only a hang reaches.
jest.setTimeout(60_000);

/** Nothing is heard of by polling before this: what is known sooner was told. */
const POLL = { pollInterval: '30s', maxStaleness: '60s' } as const;
const SOON_MS = 10_000;

describe.each(['postgres', 'mariadb'] as const)('three nodes on %s', (database) => {
  describe.each([
    ['notifications through Redis', OwnRedis],
    ['notifications and a cache through a Redis Cluster', OwnRedisCluster],
    ['notifications of the database', null],
  ])('with %s', (_name, Redis) => {
    let redis: OwnRedis | OwnRedisCluster | undefined;
    let nodes: Nodes;
    const told = Redis !== null || database === 'postgres';
    beforeAll(async () => {
      redis = await Redis?.start();
      const input: NodesInput = {
        database,
        options: { revocation: told ? POLL : { pollInterval: '500ms' } },
        ...(redis && { redisUrl: redis instanceof OwnRedisCluster ? redis.urls : redis.url }),
      };
      nodes = await Nodes.start(3, input);
    });
    afterAll(async () => {
      await nodes?.close();
      await redis?.close();
    });

    const codes = (path: string, credentials: Credentials) =>
      Promise.all(nodes.all.map(async (node) => (await node.request(path, { credentials })).code));
    const everywhere = async (path: string, credentials: Credentials, code: string | null) =>
      until(
        `${path} is answered with ${code} by all`,
        async () => (await codes(path, credentials)).every((seen) => seen === code),
        SOON_MS,
      );

    it.each([
      ['/session', 'session', 'AUTH_SESSION_INVALID'],
      ['/jwt', 'tokens', 'AUTH_ACCESS_TOKEN_REVOKED'],
    ] as const)('all know of the end of a sign-in soon: %s', async (path, mode, code) => {
      const credentials = await nodes.all[0]!.signIn(randomUUID(), mode);
      await everywhere(path, credentials, null);
      expect((await nodes.all[1]!.logout(credentials)).status).toBe(204);
      expect((await nodes.all[1]!.request(path, { credentials })).code).toBe(code);
      await everywhere(path, credentials, code);
    });

    it('all know of new roles soon: sessions have them, access tokens are stale', async () => {
      const subject = randomUUID();
      const [session, tokens] = [
        await nodes.all[0]!.signIn(subject, 'session'),
        await nodes.all[0]!.signIn(subject, 'tokens'),
      ];
      await everywhere('/session', session, null);
      for (const node of nodes.all) await node.control('directory', { subject, roles: ['admin'] });
      expect((await nodes.all[2]!.control('roles-changed', { subject })).status).toBe(200);
      await everywhere('/jwt', tokens, 'AUTH_ACCESS_TOKEN_STALE');
      for (const node of nodes.all)
        expect((await node.request('/session', { credentials: session })).body.roles).toEqual(['admin']);
    });
  });
});
