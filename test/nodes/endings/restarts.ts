import { it } from '@jest/globals';
import type { Cluster } from './cluster.js';
import { type Ending, ENDINGS, EVERYTHING, verdictsOf } from './events.js';
import { scene } from './scene.js';
import { atOnce, type Verdict, within } from './verdict.js';

/** What ended stays ended whatever is lost afterwards: the memory of a node, or all that Redis has. */
export function outlivesRestarts(cluster: () => Cluster): void {
  it('each row holds after a flush of Redis, and in a node that was killed and started again', () =>
    holds(cluster()));
}

async function holds(cluster: Cluster): Promise<void> {
  const { nodes, first, setup } = cluster;
  // Of everybody: before the others' scenes are made.
  const everybodys = await happening(cluster, [EVERYTHING]);
  const verdicts = [...everybodys, ...(await happening(cluster, ENDINGS))];
  await cluster.flushRedis();
  // The one that ended them, before it may have told anybody; or one that was told.
  const killed = nodes[nodes.length === 2 ? 0 : 1]!;
  await killed.kill();
  const left = cluster.allBut(killed);
  await Promise.all(
    left.map((node) => (node === first ? atOnce(node, verdicts) : within(setup.untoldMs, node, verdicts))),
  );
  await killed.restart();
  await atOnce(killed, verdicts);
}

/** All of them at one time, each to scenes of its own. */
async function happening(cluster: Cluster, endings: readonly Ending[]): Promise<readonly Verdict[]> {
  const scenes = await Promise.all(
    endings.flatMap((ending) =>
      ending.kinds.map(async (kind) => ({ ending, made: await scene(cluster, kind) })),
    ),
  );
  const verdicts = scenes.map(async ({ ending, made }) => {
    const handedOut = await ending.happen(ending.where?.(cluster) ?? cluster.first, made);
    return verdictsOf(ending, made, handedOut);
  });
  return (await Promise.all(verdicts)).flat();
}
