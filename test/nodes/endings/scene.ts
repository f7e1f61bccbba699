import { randomUUID } from 'node:crypto';
import type { SignInMode } from 'nestjs-aerie';
import type { Credentials, TestNode } from '../../support/test-node.js';
import type { Cluster } from './cluster.js';
import { warm } from './verdict.js';

export type Kind = Exclude<SignInMode, 'hybrid'>;

/** Somebody's sign-ins, and somebody else's. */
export interface Scene {
  readonly subject: string;
  readonly kind: Kind;
  readonly current: Credentials;
  /** A session and a family of the same subject. */
  readonly others: readonly Credentials[];
  /** A session and a family of another subject. */
  readonly bystanders: readonly Credentials[];
  /** Of the current family, before its last two rotations. */
  readonly ancestor: Credentials;
}

/** Opened on the nodes in turn, and cached by every node. */
export async function scene({ nodes }: Cluster, kind: Kind): Promise<Scene> {
  let turn = 0;
  const next = (): TestNode => nodes[turn++ % nodes.length]!;
  const both = (subject: string) =>
    Promise.all([next().signIn(subject, 'session'), next().signIn(subject, 'tokens')]);
  const subject = randomUUID();
  const ancestor = await next().signIn(subject, kind);
  let current = ancestor;
  if (kind === 'tokens') for (let i = 0; i < 2; i++) current = await refreshed(next(), current);
  const [others, bystanders] = await Promise.all([both(subject), both(randomUUID())]);
  await warm(nodes, [current, ...others, ...bystanders]);
  return { subject, kind, current, others, bystanders, ancestor };
}

/** The same sign-in after a refresh, which must succeed. */
export async function refreshed(node: TestNode, credentials: Credentials): Promise<Credentials> {
  const { status, body } = await node.refresh(credentials);
  if (status !== 200) throw new Error(`a refresh was answered with ${status}: ${JSON.stringify(body)}`);
  return { ...credentials, accessToken: body.access_token, refreshToken: body.refresh_token };
}
