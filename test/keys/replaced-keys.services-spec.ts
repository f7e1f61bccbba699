import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SigningKeys } from 'nestjs-aerie';
import { signIn, statusOf } from '../support/sign-ins.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { freshPrefix, testConnection } from '../support/test-databases.js';
import { dropTables } from '../support/test-stores.js';
import { until } from '../support/until.js';

/** Below the 30 s within which keys are read anyway. */
const SOON_MS = 20_000;

describe.each(['postgres', 'mariadb'] as const)(
  'two nodes, one of which replaces its keys, on %s',
  (database) => {
    let nodes: TestApp[];
    beforeAll(async () => {
      const connection = testConnection(database, freshPrefix());
      // One after the other: the first one makes the tables.
      nodes = [await startTestApp({ connection })];
      nodes.push(await startTestApp({ connection }));
      for (const node of nodes) await node.users.add('ada');
    });
    afterAll(async () => {
      await nodes[1]!.close();
      await dropTables(nodes[0]!.source);
      await nodes[0]!.close();
    });

    it('the other refuses at once what the former key signed, and signs with the new one', async () => {
      const [first, second] = [nodes[0]!, nodes[1]!];
      const former: string = (await signIn(first, 'tokens')).body.access_token;
      expect(await statusOf(second, former)).toBe(200);
      await first.app.get(SigningKeys).replaceAll();
      expect(await statusOf(first, former)).toBe(401);
      await until('the other node refuses it', async () => (await statusOf(second, former)) === 401, SOON_MS);
      const now: string = (await signIn(second, 'tokens')).body.access_token;
      expect(await statusOf(first, now)).toBe(200);
      expect(await statusOf(second, now)).toBe(200);
    });
  },
);
