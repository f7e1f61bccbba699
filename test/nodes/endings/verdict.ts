import { expect } from '@jest/globals';
import type { Credentials, TestNode } from '../../support/test-node.js';
import { until } from '../../support/until.js';
import type { Cluster } from './cluster.js';

/** What became of a sign-in: `stale` where a session stays, and access tokens must be refreshed. */
export type Fate = 'lives' | 'stale' | 'ended';

/** Credentials, and what is to become of them. */
export interface Verdict {
  /** Whose they are, for the reader of a failure. */
  readonly name: string;
  readonly credentials: Credentials;
  readonly fate: Fate;
}

/** The code of the answer to a request. */
export const CODES = {
  session: { lives: null, stale: null, ended: 'AUTH_SESSION_INVALID' },
  tokens: { lives: null, stale: 'AUTH_ACCESS_TOKEN_STALE', ended: 'AUTH_ACCESS_TOKEN_REVOKED' },
} as const;

const isSession = ({ sessionToken }: Credentials): boolean => sessionToken !== undefined;

/** A request with them. */
export function ask(node: TestNode, credentials: Credentials) {
  return node.request(isSession(credentials) ? '/session' : '/jwt', { credentials });
}

/** By the name of each. */
type Answers = Record<string, string | null>;

/** What a node says to all of them, asked at one time: each question is the very next one. */
async function answers(node: TestNode, verdicts: readonly Verdict[]): Promise<Answers> {
  const codes = verdicts.map(
    async ({ name, credentials }) => [name, (await ask(node, credentials)).code] as const,
  );
  return Object.fromEntries(await Promise.all(codes));
}

function expected(verdicts: readonly Verdict[]): Answers {
  const code = ({ name, credentials, fate }: Verdict) =>
    [name, CODES[isSession(credentials) ? 'session' : 'tokens'][fate]] as const;
  return Object.fromEntries(verdicts.map(code));
}

/** A node says so now, with no question before. */
export async function atOnce(node: TestNode, verdicts: readonly Verdict[]): Promise<void> {
  expect(await answers(node, verdicts)).toEqual(expected(verdicts));
}

/** A node says so within this time, and goes on saying it. */
export async function within(ms: number, node: TestNode, verdicts: readonly Verdict[]): Promise<void> {
  const wanted = JSON.stringify(expected(verdicts));
  const isSo = async () => JSON.stringify(await answers(node, verdicts)) === wanted;
  // A failure tells what was said instead.
  if (ms > 0) await until('', isSo, ms).catch(() => undefined);
  await atOnce(node, verdicts);
}

/** At once where it happened, and soon everywhere else. */
export async function everywhere(
  cluster: Cluster,
  acting: TestNode,
  verdicts: readonly Verdict[],
): Promise<void> {
  await atOnce(acting, verdicts);
  const others = cluster.allBut(acting);
  await Promise.all(others.map((node) => within(cluster.setup.soonMs, node, verdicts)));
}

/** Lives on every node: each has seen it, and remembers it if it remembers anything. */
export async function warm(nodes: readonly TestNode[], credentials: readonly Credentials[]): Promise<void> {
  const verdicts = credentials.map((one, i) => ({ name: `${i}`, credentials: one, fate: 'lives' as const }));
  // Twice: the second is answered from memory.
  for (let i = 0; i < 2; i++) await Promise.all(nodes.map((node) => atOnce(node, verdicts)));
}
