import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { Credentials, TestNode } from '../../support/test-node.js';
import type { TimedAnswer } from '../../support/timed-request.js';
import type { Cluster } from './cluster.js';
import { type Kind, refreshed, scene } from './scene.js';
import { atOnce, everywhere, type Fate, type Verdict } from './verdict.js';

/** Listing and ending sign-ins over HTTP is one thing on all nodes, of sessions and of families. */
export function signInsAreShared(cluster: () => Cluster): void {
  it.each(['session', 'tokens'] as const)('listed, and ended one by one, by a %s', (kind) =>
    oneByOne(cluster(), kind),
  );
  it.each(['session', 'tokens'] as const)('all others ended, then all, by a %s', (kind) =>
    othersThenAll(cluster(), kind),
  );
  it.each(['session', 'tokens'] as const)("another subject's are not there for a %s", (kind) =>
    nobodyElses(cluster(), kind),
  );
}

const idOf = ({ signInId }: Credentials): string => signInId;
const verdicts = (fate: Fate, ...credentials: readonly Credentials[]): readonly Verdict[] =>
  credentials.map((one) => ({ name: `${fate} ${one.signInId}`, credentials: one, fate }));
const remove = (node: TestNode, credentials: Credentials, id: string): Promise<TimedAnswer> =>
  node.request(`/auth/sign-ins/${id}`, { method: 'DELETE', credentials });
const logoutAll = (node: TestNode, credentials: Credentials, json?: object): Promise<TimedAnswer> =>
  node.request('/auth/logout-all', { method: 'POST', credentials, ...(json && { json }) });

/** Every node lists exactly these, the first of which is the one that asks. */
async function listed(nodes: readonly TestNode[], ...credentials: readonly Credentials[]): Promise<void> {
  const current = credentials[0]!;
  for (const node of nodes) {
    const { status, body } = await node.request('/auth/sign-ins', { credentials: current });
    expect(status).toBe(200);
    const shown = (body as any[]).map(({ id, kind, current: is }) => `${id} ${kind} ${is}`);
    const wanted = credentials.map(
      (one) => `${idOf(one)} ${one.sessionToken === undefined ? 'tokens' : 'session'} ${one === current}`,
    );
    expect(shown.sort()).toEqual(wanted.sort());
  }
}

async function oneByOne(cluster: Cluster, kind: Kind): Promise<void> {
  const { nodes, first, last } = cluster;
  const { current, others } = await scene(cluster, kind);
  const [session, family] = others as [Credentials, Credentials];
  await listed(nodes, current, session, family);
  expect((await remove(first, current, idOf(family))).status).toBe(204);
  await listed(nodes, current, session);
  await everywhere(cluster, first, [...verdicts('ended', family), ...verdicts('lives', current, session)]);
  for (const node of nodes) {
    expect((await node.refresh(family)).code).toBe('AUTH_REFRESH_TOKEN_INVALID');
    expect((await remove(node, current, idOf(family))).code).toBe('AUTH_SIGN_IN_NOT_FOUND');
  }
  expect((await remove(last, current, idOf(session))).status).toBe(204);
  await listed(nodes, current);
  await everywhere(cluster, last, [...verdicts('ended', session), ...verdicts('lives', current)]);
  expect((await remove(first, current, idOf(current))).status).toBe(204);
  await everywhere(cluster, first, verdicts('ended', current));
}

async function othersThenAll(cluster: Cluster, kind: Kind): Promise<void> {
  const { nodes, first, last } = cluster;
  const { current, others, bystanders } = await scene(cluster, kind);
  expect((await logoutAll(last, current, { except_current: true })).status).toBe(204);
  await everywhere(cluster, last, [
    ...verdicts('stale', current),
    ...verdicts('ended', ...others),
    ...verdicts('lives', ...bystanders),
  ]);
  const kept = kind === 'tokens' ? await refreshed(first, current) : current;
  await listed(nodes, kept);
  expect((await logoutAll(first, kept)).status).toBe(204);
  await everywhere(cluster, first, [...verdicts('ended', kept), ...verdicts('lives', ...bystanders)]);
}

async function nobodyElses(cluster: Cluster, kind: Kind): Promise<void> {
  const { nodes } = cluster;
  const { current, others, bystanders } = await scene(cluster, kind);
  const ids = [...bystanders.map(idOf), randomUUID(), 'anything', '\0', "' or ''='"];
  for (const node of nodes) {
    for (const id of ids)
      expect(await remove(node, current, encodeURIComponent(id))).toMatchObject({
        status: 404,
        code: 'AUTH_SIGN_IN_NOT_FOUND',
      });
    await atOnce(node, verdicts('lives', current, ...others, ...bystanders));
  }
  await listed(nodes, bystanders[0]!, bystanders[1]!);
  await listed(nodes, current, ...others);
  const [, family] = bystanders;
  expect((await nodes[0]!.refresh(family!)).status).toBe(200);
}
