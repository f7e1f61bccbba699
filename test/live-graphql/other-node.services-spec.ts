// Two nodes on one PostgreSQL: a logout at one ends subscriptions at the other.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LiveSignIns } from 'nestjs-aerie';
import { tokenOf } from '../nest-integration/credentials.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { freshPrefix, testConnection } from '../support/test-databases.js';
import { dropTables } from '../support/test-stores.js';
import { until } from '../support/until.js';
import { EXAMPLES } from './examples.js';
import { subscribe, subscriptionClient } from './subscription-client.js';

const ROUNDS = 20;

describe.each(EXAMPLES)('a subscription with $name', ({ name, adapter, module }) => {
  let nodes: TestApp[];
  beforeAll(async () => {
    const connection = testConnection('postgres', freshPrefix());
    const one = await startTestApp({ adapter, connection, imports: [module] });
    nodes = [one, await startTestApp({ adapter, connection, imports: [module] })];
    for (const { users } of nodes) await users.add('ada');
  });
  afterAll(async () => {
    const [one, other] = nodes;
    await other!.close();
    await dropTables(one!.source);
    await one!.close();
  });

  it.each([
    ['the same node', 1],
    ['the other node', 0],
  ])('ends when its sign-in ends at %s', async (where, at) => {
    const [holder, ender] = [nodes[1]!, nodes[at]!];
    const live = holder.app.get(LiveSignIns);
    const took: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const token = await tokenOf(nodes[0]!, 'user-1');
      const opened = subscriptionClient(holder.url, () => ({ authorization: `Bearer ${token}` }));
      const heard = subscribe(opened, 'subscription { news }');
      await until('it is watched', () => live.size === 1);
      const began = performance.now();
      await ender.authentication.endAllSignIns('user-1');
      expect(await heard.ended).toMatchObject([{ extensions: { code: 'AUTH_ACCESS_TOKEN_REVOKED' } }]);
      await opened.closed;
      took.push(performance.now() - began);
      expect(opened.closes).toEqual([{ code: 4401, reason: 'AUTH_ACCESS_TOKEN_REVOKED' }]);
      await opened.client.dispose();
    }
    took.sort((a, b) => a - b);
    const ms = (value: number) => `${value.toFixed(0)} ms`;
    console.log(
      `${name}: ${where}, logout to closed connection, of ${ROUNDS}: median ${ms(took[ROUNDS / 2]!)}, longest ${ms(took.at(-1)!)}`,
    );
    // Without a notification it would be a poll's second.
    expect(took[ROUNDS / 2]).toBeLessThan(1_000);
  });
});
