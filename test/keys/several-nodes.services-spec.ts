import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Nodes } from '../support/nodes.js';
import type { Credentials, TestNode } from '../support/test-node.js';
import { until } from '../support/until.js';

// Processes start: a limit that only a hang reaches.
jest.setTimeout(120_000);

const kidOf = ({ accessToken }: Credentials): string =>
  JSON.parse(Buffer.from(accessToken!.split('.')[0]!, 'base64url').toString()).kid;

describe.each(['postgres', 'mariadb'] as const)('three processes and their keys, on %s', (database) => {
  let nodes: Nodes;
  beforeAll(async () => {
    nodes = await Nodes.start(3, {
      database,
      options: { managedKeys: { rotateEvery: '1h', announce: '2s' } },
    });
  });
  afterAll(() => nodes?.close());

  const signIns = () => Promise.all(nodes.all.map((node) => node.signIn(randomUUID(), 'tokens')));
  const stored = async () =>
    Number(
      (await nodes.query<{ n: unknown }>((p) => `select count(*) as n from ${p}auth_signing_key`))[0]!.n,
    );
  const published = (node: TestNode) => node.request('/.well-known/jwks.json');

  async function expectGoodEverywhere(credentials: readonly Credentials[]): Promise<void> {
    for (const node of nodes.all) {
      for (const one of credentials)
        expect((await node.request('/jwt', { credentials: one })).status).toBe(200);
    }
  }

  it('start together, and make one key', async () => {
    expect(await stored()).toBe(1);
    const tokens = await signIns();
    expect(new Set(tokens.map(kidOf)).size).toBe(1);
    await expectGoodEverywhere(tokens);
    const sets = await Promise.all(nodes.all.map(published));
    expect(new Set(sets.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  it('rotate together, to one key; what was signed before stays good on each of them', async () => {
    const before = await signIns();
    const former = kidOf(before[0]!);
    await Promise.all(nodes.all.map((node) => node.control('rotate-keys')));
    expect(await stored()).toBe(2);
    const all = [...before];
    // Each signs with the new one in its own time; nothing that any of them signs is refused by another.
    await until('every node signs with the new key', async () => {
      const now = await signIns();
      all.push(...now);
      await expectGoodEverywhere(now);
      return now.every((one) => kidOf(one) !== former);
    });
    expect(new Set(all.map(kidOf)).size).toBe(2);
    await expectGoodEverywhere(all);
    expect(await stored()).toBe(2);
  });

  it('find the same key after one of them was killed', async () => {
    const [tokens] = await signIns();
    await nodes.all[1]!.restart();
    expect(kidOf(await nodes.all[1]!.signIn(randomUUID(), 'tokens'))).toBe(kidOf(tokens!));
    await expectGoodEverywhere([tokens!]);
  });

  it('sign no user in with a leaked key once all were replaced; refresh tokens go on', async () => {
    const [tokens] = await signIns();
    expect((await nodes.all[0]!.control('replace-keys')).status).toBe(200);
    expect(await stored()).toBe(1);
    for (const node of nodes.all) {
      await until(
        'the leaked key is gone',
        async () => (await node.request('/jwt', { credentials: tokens! })).status === 401,
      );
      expect((await node.request('/jwt', { credentials: tokens! })).code).toBe('AUTH_ACCESS_TOKEN_INVALID');
    }
    const { status, body } = await nodes.all[2]!.refresh(tokens!);
    expect(status).toBe(200);
    await expectGoodEverywhere([{ ...tokens!, accessToken: body.access_token }]);
  });
});
