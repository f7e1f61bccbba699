import { expect } from '@jest/globals';
import type { Credentials, TestNode } from '../../support/test-node.js';
import type { Cluster } from './cluster.js';
import { ask } from './verdict.js';

/** A later sign-in is good everywhere, at once: the end holds for earlier ones. */
export async function opensAgain(
  { nodes }: Cluster,
  node: TestNode,
  subject: string,
  roles: readonly string[],
): Promise<void> {
  // Where somebody was disabled, the directory still says so.
  await Promise.all(nodes.map((one) => one.control('directory', { subject, enabled: true })));
  const opened: Credentials[] = [await node.signIn(subject, 'session'), await node.signIn(subject, 'tokens')];
  for (const credentials of opened) {
    for (const answer of await Promise.all(nodes.map((one) => ask(one, credentials))))
      expect(answer).toMatchObject({ status: 200, body: { id: subject, roles } });
  }
}
