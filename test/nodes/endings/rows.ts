import { expect, it } from '@jest/globals';
import type { Cluster } from './cluster.js';
import { type Ending, ENDINGS, EVERYTHING, verdictsOf } from './events.js';
import { opensAgain } from './opens-again.js';
import { type Kind, refreshed, scene } from './scene.js';
import { ask, everywhere, type Verdict } from './verdict.js';

/** Every row of the table "what ends what", warm in the memory of every node. */
export function rowsHold(cluster: () => Cluster): void {
  it.each([...ENDINGS, EVERYTHING].map((ending, row) => [ending.name, ending, row] as const))(
    '%s',
    async (_name, ending, row) => {
      // What ends everybody's would end the other kind's scene.
      if (ending === EVERYTHING) for (const kind of ending.kinds) await holds(cluster(), ending, kind, row);
      else await Promise.all(ending.kinds.map((kind) => holds(cluster(), ending, kind, row)));
    },
  );
}

async function holds(cluster: Cluster, ending: Ending, kind: Kind, row: number): Promise<void> {
  const { nodes } = cluster;
  const acting = ending.where?.(cluster) ?? nodes[row % nodes.length]!;
  const made = await scene(cluster, kind);
  const { subject } = made;
  const roles = ending.others === 'stale' ? ['admin'] : ['user'];
  await Promise.all(nodes.map((node) => node.control('directory', { subject, roles })));
  const handedOut = await ending.happen(acting, made);
  const verdicts = verdictsOf(ending, made, handedOut);
  await everywhere(cluster, acting, verdicts);
  for (const verdict of verdicts) {
    const isSuccessor =
      verdict.credentials === made.current && handedOut !== undefined && 'signInId' in handedOut;
    const isSubjects = verdict.credentials.subject === subject;
    await exchanges(
      cluster,
      isSuccessor ? { ...verdict, fate: 'ended' } : verdict,
      isSubjects ? roles : ['user'],
    );
  }
  await opensAgain(cluster, cluster.allBut(acting)[0]!, subject, roles);
}

/** What lives goes on with these roles, on every node; what ended is refused by every node. */
async function exchanges(
  { nodes }: Cluster,
  { credentials, fate }: Verdict,
  roles: readonly string[],
): Promise<void> {
  if (credentials.sessionToken !== undefined && fate === 'ended') return;
  if (credentials.refreshToken !== undefined && fate === 'ended') {
    const refused = await Promise.all(nodes.map((node) => node.refresh(credentials)));
    for (const { code } of refused) expect(code).toBe('AUTH_REFRESH_TOKEN_INVALID');
    return;
  }
  let held = credentials;
  for (const node of nodes) {
    if (held.refreshToken !== undefined) held = await refreshed(node, held);
    for (const answer of await Promise.all(nodes.map((one) => ask(one, held))))
      expect(answer).toMatchObject({ status: 200, body: { id: held.subject, roles } });
  }
}
