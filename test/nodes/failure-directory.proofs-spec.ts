import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { TestNode } from '../support/test-node.js';
import type { TimedAnswer } from '../support/timed-request.js';
import { AnswerTimes, type Column, DIRECTORY_MS } from './answer-times.js';
import type { FailureCluster } from './failure-cluster.js';
import { FailureClusters } from './failure-clusters.js';
import * as signIns from './warm-sign-ins.js';

// A directory that hangs is waited for: a limit that only a hang of ours reaches.
jest.setTimeout(120_000);

const UNAVAILABLE = [503, 'AUTH_STORE_UNAVAILABLE'] as const;

const times = new AnswerTimes();
afterAll(() => times.print('the user directory'));

describe('the user directory fails on every node', () => {
  let clusters: FailureClusters;
  beforeAll(async () => {
    const options = {};
    clusters = await FailureClusters.start([
      { name: 'PostgreSQL and Redis', database: 'postgres', withRedis: true, processes: 3, options },
      { name: 'PostgreSQL', database: 'postgres', withRedis: false, processes: 2, options },
      { name: 'MariaDB and Redis', database: 'mariadb', withRedis: true, processes: 2, options },
    ]);
  });
  afterAll(() => clusters?.close());

  const tell = async ({ all }: FailureCluster, mode: string): Promise<void> => {
    for (const node of all) expect((await node.control('directory', { mode })).status).toBe(200);
  };
  const rotations = async (
    { nodes }: FailureCluster,
    { signInId }: { signInId: string },
  ): Promise<number> => {
    const rows = await nodes.query<{ generation: number }>(
      (prefix) => `select generation from ${prefix}auth_refresh_token_family where id = '${signInId}'`,
    );
    return Number(rows[0]!.generation);
  };

  async function outage(
    row: string,
    cluster: FailureCluster,
    node: TestNode,
    { live, over, unseen }: Record<'live' | 'over' | 'unseen', signIns.SignInPair>,
  ): Promise<void> {
    const ask = (column: Column, asked: Promise<TimedAnswer>, allowed: number | typeof UNAVAILABLE) =>
      times.of(row, column, asked, allowed === UNAVAILABLE ? DIRECTORY_MS : 0, allowed);
    const subject = randomUUID();
    await Promise.all([
      ask('session', signIns.asksSession(node, live), 200),
      ask('session', signIns.asksSession(node, unseen), UNAVAILABLE),
      ask('access token', signIns.asksToken(node, live), 200),
      ask('access token', signIns.asksToken(node, unseen), 200),
      ask('refresh', node.refresh(unseen.tokens), UNAVAILABLE),
      ask('sign-in', node.control('sign-in', { subject, mode: 'session' }), UNAVAILABLE),
      ask('sign-in', node.control('sign-in', { subject, mode: 'tokens' }), UNAVAILABLE),
      ask('logout', node.logout(over.session), 204),
      ask('logout', node.logout(over.tokens), 204),
    ]);
    expect(await signIns.isKnown([node], over)).toBe(true);
    expect(await rotations(cluster, unseen.tokens)).toBe(0);
  }

  it.each(['throw', 'hang'])('%s', async (mode) => {
    await clusters.each(async (cluster) => {
      const { all } = cluster;
      const row = `${mode}s (${cluster.name})`;
      const prepared = await Promise.all(
        all.map(async (node) => ({
          live: await signIns.warmPair(all, node),
          over: await signIns.warmPair(all, node),
          unseen: await signIns.signInPair(node),
        })),
      );
      await tell(cluster, mode);
      await Promise.all(all.map((node, i) => outage(row, cluster, node, prepared[i]!)));
      await tell(cluster, 'ok');
      for (const [i, { unseen }] of prepared.entries()) {
        await times.of(row, 'session', signIns.asksSession(all[i]!, unseen), DIRECTORY_MS, 200);
        await times.of(row, 'refresh', all[i]!.refresh(unseen.tokens), DIRECTORY_MS, 200);
      }
    });
  });
});
