/** Two processes on one PostgreSQL: what one of them ends is closed at the other. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Nodes } from '../support/nodes.js';
import { CuttableProxy } from '../support/servers/cuttable-proxy.js';
import { BELOW_THE_EDGE } from '../support/test-app.js';
import { POSTGRES_URL } from '../support/test-databases.js';
import type { Credentials, TestNode } from '../support/test-node.js';

// Processes start: a limit that only a hang reaches.
jest.setTimeout(120_000);

const ROUNDS = 20;
const POLL_MS = 1_000;
const STALE_MS = 5_000;

interface Listening {
  /** The code that it ended with. */
  readonly ended: Promise<string>;
}

/** A stream of events at a node, which has admitted it by then. */
async function listen(node: TestNode, { accessToken, sessionToken }: Credentials): Promise<Listening> {
  const headers: Record<string, string> = sessionToken
    ? { cookie: `__Host-session=${sessionToken}` }
    : { authorization: `Bearer ${accessToken}` };
  const response = await fetch(`${node.url}/events`, { headers });
  expect(response.status).toBe(200);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('data: {}')) text += (await reader.read()).value ?? '';
  const ended = (async () => {
    for (let read = await reader.read(); !read.done; read = await reader.read()) text += read.value;
    return /"code":"(\w+)"/.exec(text)?.[1] ?? text;
  })();
  return { ended };
}

function print(what: string, took: number[]): void {
  took.sort((a, b) => a - b);
  console.log(
    `${what}, of ${took.length}: median ${took[took.length >> 1]!.toFixed(0)} ms, longest ${took.at(-1)!.toFixed(0)} ms`,
  );
}

describe.each(BELOW_THE_EDGE)('a connection at another process, on %s', (adapter) => {
  describe.each([
    ['told by NOTIFY', true],
    ['told by its poll alone', false],
  ])('%s', (how, notifications) => {
    let nodes: Nodes;
    let one: TestNode;
    let other: TestNode;
    beforeAll(async () => {
      const options = { revocation: { notifications, pollInterval: '1s', maxStaleness: '5s' } } as const;
      nodes = await Nodes.start(2, { database: 'postgres', adapter, options });
      [one, other] = nodes.all as [TestNode, TestNode];
    });
    afterAll(() => nodes?.close());

    it.each([
      ['tokens', 'AUTH_ACCESS_TOKEN_REVOKED'],
      ['session', 'AUTH_SESSION_INVALID'],
    ] as const)('ends with its sign-in (%s)', async (mode, code) => {
      const took: number[] = [];
      const rounds = notifications ? ROUNDS : ROUNDS / 4;
      for (let round = 0; round < rounds; round++) {
        const held = await one.signIn(randomUUID(), mode);
        const { ended } = await listen(other, held);
        expect((await one.logout(held)).status).toBe(204);
        const answered = performance.now();
        expect(await ended).toBe(code);
        took.push(performance.now() - answered);
      }
      print(`${how}, ${mode}: answer to the logout at one process to the end at the other`, took);
      // Far less than the staleness that is allowed; the poll, and some air for a busy machine.
      expect(took.at(-1)).toBeLessThan(STALE_MS);
      expect(took[0]).toBeLessThan(POLL_MS + 500);
    });

    it('ends when the roles of its user changed', async () => {
      const held = await one.signIn(randomUUID(), 'tokens');
      const { ended } = await listen(other, held);
      expect((await one.control('roles-changed', { subject: held.subject })).status).toBe(200);
      expect(await ended).toBe('AUTH_ACCESS_TOKEN_STALE');
    });
  });

  it('ends as an outage when its process cannot read what has ended', async () => {
    const proxies = await Promise.all([0, 1].map(() => CuttableProxy.to(POSTGRES_URL)));
    const options = { revocation: { pollInterval: '500ms', maxStaleness: '2s' } } as const;
    const nodes = await Nodes.start(2, {
      database: 'postgres',
      adapter,
      options,
      databaseUrl: (node) => proxies[node]!.urlOf(POSTGRES_URL),
    });
    try {
      const [one, other] = nodes.all as [TestNode, TestNode];
      const [tokens, session, kept] = [
        await one.signIn(randomUUID(), 'tokens'),
        await one.signIn(randomUUID(), 'session'),
        await one.signIn(randomUUID(), 'tokens'),
      ];
      const ends = [await listen(other, tokens), await listen(other, session)];
      const stays = await listen(one, kept);
      let hasEnded = false;
      // Its process is killed when this is over.
      stays.ended.then(
        () => (hasEnded = true),
        () => undefined,
      );
      await proxies[1]!.cut();
      const cut = performance.now();
      const took = await Promise.all(
        ends.map(async ({ ended }) => [await ended, performance.now() - cut] as const),
      );
      print(
        'the database away from one process, maxStaleness 2 s: until the ends',
        took.map(([, ms]) => ms),
      );
      expect(took.map(([code]) => code)).toEqual(['AUTH_STORE_UNAVAILABLE', 'AUTH_STORE_UNAVAILABLE']);
      expect(Math.max(...took.map(([, ms]) => ms))).toBeLessThan(6_000);
      expect(hasEnded).toBe(false);
    } finally {
      await nodes.close();
      await Promise.all(proxies.map((proxy) => proxy.close()));
    }
  });
});
