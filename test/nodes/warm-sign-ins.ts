import { randomUUID } from 'node:crypto';
import type { Credentials, TestNode } from '../support/test-node.js';
import type { TimedAnswer } from '../support/timed-request.js';
import { until } from '../support/until.js';

/** A session and a family of refresh tokens. */
export interface SignInPair {
  readonly session: Credentials;
  readonly tokens: Credentials;
}

/** What a guarded route answers to who is refused for good. */
export const SESSION_ENDED = [401, 'AUTH_SESSION_INVALID'] as const;
export const TOKEN_ENDED = [401, 'AUTH_ACCESS_TOKEN_REVOKED'] as const;

export const asksSession = (node: TestNode, { session }: SignInPair): Promise<TimedAnswer> =>
  node.request('/session', { credentials: session });
export const asksToken = (node: TestNode, { tokens }: SignInPair): Promise<TimedAnswer> =>
  node.request('/jwt', { credentials: tokens });

/** New sign-ins of a subject of their own. */
export async function signInPair(node: TestNode): Promise<SignInPair> {
  const subject = randomUUID();
  const [session, tokens] = await Promise.all([
    node.signIn(subject, 'session'),
    node.signIn(subject, 'tokens'),
  ]);
  return { session, tokens };
}

/** New sign-ins, which each of the nodes has served. */
export async function warmPair(nodes: readonly TestNode[], on = nodes[0]!): Promise<SignInPair> {
  const pair = await signInPair(on);
  await until('every node serves them', async () => {
    const answers = await Promise.all(
      nodes.flatMap((node) => [asksSession(node, pair), asksToken(node, pair)]),
    );
    return answers.every(({ status }) => status === 200);
  });
  return pair;
}

/** Ends both by the built-in route; throws when it is not done. */
export async function end(node: TestNode, pair: SignInPair): Promise<void> {
  for (const credentials of [pair.session, pair.tokens]) {
    const { status, code } = await node.logout(credentials);
    if (status !== 204) throw new Error(`a logout was answered with ${status} ${code}`);
  }
}

/** Whether each of the nodes refuses both for good. */
export async function isKnown(nodes: readonly TestNode[], pair: SignInPair): Promise<boolean> {
  const asked = nodes.map((node) => Promise.all([asksSession(node, pair), asksToken(node, pair)]));
  return (await Promise.all(asked)).every(
    ([session, token]) => session.code === SESSION_ENDED[1] && token.code === TOKEN_ENDED[1],
  );
}

/** Waits until each of the nodes refuses both for good. */
export function known(nodes: readonly TestNode[], pair: SignInPair, withinMs: number): Promise<void> {
  return until('every node knows of the end', () => isKnown(nodes, pair), withinMs);
}
