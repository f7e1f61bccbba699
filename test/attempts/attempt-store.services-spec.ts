import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { AttemptStore } from 'nestjs-aerie/stores';
import { createClient } from 'redis';
import { RedisAttemptStore } from '../../libs/auth/src/attempts/redis-attempt-store.js';
import { attemptStoreContract } from 'nestjs-aerie/testing';
import { clientHarness, SERVER_CLIENTS } from '../support/test-clients.js';
import { type DatabaseHarness, databaseHarness } from '../support/test-stores.js';

describe.each(['postgres', 'mariadb'] as const)('counters of tries on %s', (database) => {
  let harness: DatabaseHarness;
  beforeAll(async () => {
    harness = await databaseHarness(database);
  });
  afterAll(() => harness.close());
  for (const { name, run } of attemptStoreContract(() => harness)) it(name, run);
});

describe.each(SERVER_CLIENTS)('counters of tries on a pool of %s', (client) => {
  let harness: DatabaseHarness;
  beforeAll(async () => {
    harness = await clientHarness(client);
  });
  afterAll(() => harness.close());
  for (const { name, run } of attemptStoreContract(() => harness)) it(name, run);
});

describe.each(['single', 'cluster of one'] as const)('counters of tries in Redis (%s)', (kind) => {
  let client: ReturnType<typeof createClient>;
  let store: AttemptStore;
  beforeAll(async () => {
    client = createClient({ url: 'redis://127.0.0.1:6379' });
    await client.connect();
    // Another client of the same methods, whose constructor has another name.
    const given =
      kind === 'single' ? client : { eval: client.eval.bind(client), del: client.del.bind(client) };
    store = await RedisAttemptStore.on(given);
  });
  afterAll(() => client.close());
  const harness = () => ({
    stores: { attempts: () => store } as never,
    age: () => undefined,
    announced: () => 0,
  });
  for (const { name, run } of attemptStoreContract(harness)) it(name, run);
});
