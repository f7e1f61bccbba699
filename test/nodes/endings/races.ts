import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { Credentials, TestNode } from '../../support/test-node.js';
import type { TimedAnswer } from '../../support/timed-request.js';
import type { Cluster } from './cluster.js';
import { type Ending, ENDINGS, EVERYTHING, verdictsOf } from './events.js';
import { opensAgain } from './opens-again.js';
import { type Scene, scene } from './scene.js';
import { ask, everywhere, type Verdict } from './verdict.js';

const FAMILIES = 3;
const SESSIONS = 3;
const PROOFS = 8;

/** The answers that a request in a race may get, and no others. */
const TOLD = [null, 'AUTH_REFRESH_TOKEN_INVALID', 'AUTH_CREDENTIALS_INVALID', 'AUTH_SESSION_INVALID'];

/** One request, and the credentials that it gave. */
type Call = () => Promise<readonly Credentials[]>;

/** What ends a subject ends also what is being obtained at that moment, on whatever node. */
export function winsRaces(cluster: () => Cluster): void {
  const endings = [...ENDINGS, EVERYTHING].filter(({ others }) => others === 'ended');
  it.each(endings.map((ending, row) => [ending.name, ending, row] as const))(
    '%s, while others refresh, sign in and use sessions on every node',
    (_name, ending, row) => race(cluster(), ending, row),
  );
}

async function race(cluster: Cluster, ending: Ending, row: number): Promise<void> {
  const { nodes } = cluster;
  const acting = ending.where?.(cluster) ?? nodes[row % nodes.length]!;
  const made = await scene(cluster, ending.kinds[0]!);
  const { subject } = made;
  const held = await Promise.all(
    Array.from({ length: FAMILIES + SESSIONS }, (_, i) =>
      nodes[i % nodes.length]!.signIn(subject, i < FAMILIES ? 'tokens' : 'session'),
    ),
  );
  const calls = [...using(nodes, held), ...(await signingIn(nodes, subject))];
  let handedOut: Credentials | void = undefined;
  // Sooner or later among them, by the row.
  calls.splice(Math.floor((calls.length * (row + 1)) / 10), 0, async () => {
    handedOut = await ending.happen(acting, made);
    return [];
  });
  const raced = (await Promise.all(calls.map((call) => call()))).flat();
  await everywhere(cluster, acting, [
    ...verdictsOf(ending, made, handedOut),
    ...ended([...held, ...raced], made),
  ]);
  for (const [i, one] of [...made.others, ...held, ...raced].entries()) {
    if (one.refreshToken === undefined) continue;
    expect((await nodes[i % nodes.length]!.refresh(one)).code).toBe('AUTH_REFRESH_TOKEN_INVALID');
  }
  await opensAgain(cluster, cluster.allBut(acting)[0]!, subject, ['user']);
}

/** Refreshes of each family by every node, and requests with each session, which no node has seen before. */
function using(nodes: readonly TestNode[], held: readonly Credentials[]): Call[] {
  return nodes.flatMap((node) =>
    held.map((one): Call => {
      if (one.sessionToken !== undefined) return () => told(ask(node, one), () => []);
      return () =>
        told(node.refresh(one), ({ access_token: accessToken, refresh_token: refreshToken }) => [
          { ...one, accessToken, refreshToken },
        ]);
    }),
  );
}

/** Sign-ins whose password was checked before, each in its own node. */
async function signingIn(nodes: readonly TestNode[], subject: string): Promise<Call[]> {
  return Promise.all(
    Array.from({ length: PROOFS }, async (_, i): Promise<Call> => {
      const node = nodes[i % nodes.length]!;
      const key = randomUUID();
      await node.control('prove', { subject, key });
      const mode = i % 4 < 2 ? 'tokens' : 'session';
      return () => told(node.control('sign-in-proved', { key, mode }), (body: Credentials) => [body]);
    }),
  );
}

async function told(
  answer: Promise<TimedAnswer>,
  obtained: (body: any) => readonly Credentials[],
): Promise<readonly Credentials[]> {
  const { status, code, body } = await answer;
  expect(TOLD).toContain(code);
  return status === 200 ? obtained(body) : [];
}

function ended(credentials: readonly Credentials[], { subject }: Scene): readonly Verdict[] {
  return credentials.map((one, i) => ({ name: `raced ${i} of ${subject}`, credentials: one, fate: 'ended' }));
}
