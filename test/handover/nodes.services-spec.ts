import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Nodes } from '../support/nodes.js';
import type { Credentials, TestNode } from '../support/test-node.js';

// Processes start: a limit that only a hang reaches.
jest.setTimeout(120_000);

const CLICKS = 50;

describe.each(['postgres', 'mariadb'] as const)('two nodes that hand sign-ins over, on %s', (database) => {
  let nodes: Nodes;
  let both: readonly [TestNode, TestNode];
  beforeAll(async () => {
    nodes = await Nodes.start(2, { database, options: { handsOver: true } as object });
    both = nodes.all as unknown as readonly [TestNode, TestNode];
  });
  afterAll(() => nodes?.close());

  const linked = async (parent: Credentials): Promise<string> => {
    const json = { refresh_token: parent.refreshToken };
    const { status, body } = await both[0].request('/auth/handover', { method: 'POST', json });
    if (status !== 201) throw new Error(`the link was answered with ${status}`);
    return String(body.url).split('/').at(-1)!;
  };
  /** As the form of the page does it, in a browser that holds nothing else. */
  const click = async (node: TestNode, token: string): Promise<number> => {
    const headers = { cookie: `__Host-handover=${token}`, 'sec-fetch-site': 'same-origin' };
    const answer = await fetch(`${node.url}/auth/handover/open`, { method: 'POST', headers });
    await answer.text();
    return answer.status;
  };
  const live = async (subject: string): Promise<readonly { id: string }[]> =>
    (await both[1].control('list', { subject })).body as { id: string }[];

  it('open one sign-in by one link, whatever races it', async () => {
    for (let round = 0; round < 3; round++) {
      const parent = await both[0].signIn(randomUUID(), 'tokens');
      const token = await linked(parent);
      const statuses = await Promise.all(
        Array.from({ length: CLICKS }, (_, i) => click(both[i % 2 === 0 ? 0 : 1], token)),
      );
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      expect(statuses.filter((status) => status === 400)).toHaveLength(CLICKS - 1);
      expect(await live(parent.subject)).toHaveLength(2);
    }
  });

  it('leave no child of a parent that ends at the same moment', async () => {
    const outcomes = new Set<string>();
    for (let round = 0; round < 20; round++) {
      const parent = await both[0].signIn(randomUUID(), 'tokens');
      const token = await linked(parent);
      const [, status] = await Promise.all([both[1].control(...endOf(round, parent)), click(both[0], token)]);
      outcomes.add(String(status));
      expect(await live(parent.subject)).toEqual([]);
    }
    for (const status of outcomes) expect(['200', '400']).toContain(status);
  });

  it('end a child on the other node with its parent', async () => {
    const parent = await both[0].signIn(randomUUID(), 'tokens');
    expect(await click(both[1], await linked(parent))).toBe(200);
    expect(await live(parent.subject)).toHaveLength(2);
    await both[0].control('end', { subject: parent.subject, id: parent.signInId });
    expect(await live(parent.subject)).toEqual([]);
  });
});

/** The end of the parent alone, or of everything of its subject. */
const endOf = (round: number, { subject, signInId }: Credentials): [string, object] =>
  round % 2 === 0 ? ['end', { subject, id: signInId }] : ['end-all', { subject }];
