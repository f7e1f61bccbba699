import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { Credentials, TestNode } from '../../support/test-node.js';
import { until } from '../../support/until.js';
import type { Cluster } from './cluster.js';
import { opensAgain } from './opens-again.js';
import { refreshed } from './scene.js';
import { ask } from './verdict.js';

const FAMILIES = 4;
const SESSIONS = 4;
const REFRESHES = 4;
const ROUNDS = 3;
const NEW = ['auditor'];

/** Once roles have changed, nothing tells the former ones, whatever was being obtained at that moment. */
export function rolesWinRaces(cluster: () => Cluster): void {
  it('roles changed, while others refresh and use sessions on every node', async () => {
    for (let round = 0; round < ROUNDS; round++) await race(cluster(), round);
  });
}

async function race(cluster: Cluster, round: number): Promise<void> {
  const { nodes, setup } = cluster;
  const acting = nodes[round % nodes.length]!;
  const subject = randomUUID();
  const node = (i: number): TestNode => nodes[i % nodes.length]!;
  const open = (count: number, mode: 'session' | 'tokens') =>
    Promise.all(Array.from({ length: count }, (_, i) => node(i).signIn(subject, mode)));
  const [sessions, families] = [await open(SESSIONS, 'session'), await open(FAMILIES, 'tokens')];
  const obtained: Credentials[] = [...sessions, ...families];
  const refreshing = families.map(async (family, i) => {
    for (let held = family, turn = 0; turn < REFRESHES; turn++) {
      held = await refreshed(node(i + turn), held);
      obtained.push(held);
    }
  });
  const using = sessions.flatMap((session) => nodes.map((one) => ask(one, session)));
  // As an application does it: the change is committed, then announced.
  await Promise.all(nodes.map((one) => one.control('directory', { subject, roles: NEW })));
  expect((await acting.control('roles-changed', { subject })).status).toBe(200);
  const atOnce = telling(acting, sessions);
  await Promise.all([...refreshing, ...using]);
  expect(await atOnce).toEqual([]);
  expect(await telling(acting, obtained)).toEqual([]);
  for (const other of cluster.allBut(acting)) {
    const isSo = async () => (await telling(other, obtained)).length === 0;
    if (setup.soonMs > 0) await until('', isSo, setup.soonMs).catch(() => undefined);
    expect(await telling(other, obtained)).toEqual([]);
  }
  await opensAgain(cluster, cluster.allBut(acting)[0]!, subject, NEW);
}

/** What a node says that is not as it should be: the new roles, or that an access token is stale. */
async function telling(node: TestNode, credentials: readonly Credentials[]): Promise<readonly unknown[]> {
  const answers = await Promise.all(credentials.map((one) => ask(node, one)));
  return answers
    .filter(({ code, body }, i) => {
      if (code === 'AUTH_ACCESS_TOKEN_STALE') return credentials[i]!.sessionToken !== undefined;
      return JSON.stringify(body?.roles) !== JSON.stringify(NEW);
    })
    .map(({ status, body }) => ({ status, body }));
}
