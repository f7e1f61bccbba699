import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { attemptStoreContract, MemoryStores } from 'nestjs-aerie/testing';
import { clientHarness } from '../support/test-clients.js';
import { type DatabaseHarness, databaseHarness } from '../support/test-stores.js';

describe('counters of tries in memory', () => {
  const stores = new MemoryStores();
  const harness = { stores, age: () => undefined, announced: () => 0 };
  for (const { name, run } of attemptStoreContract(() => harness)) it(name, run);
});

describe.each(['TypeORM', 'better-sqlite3'] as const)('counters of tries on SQLite by %s', (door) => {
  let harness: DatabaseHarness;
  beforeAll(async () => {
    harness = door === 'TypeORM' ? await databaseHarness('sqlite') : await clientHarness(door);
  });
  afterAll(() => harness.close());
  for (const { name, run } of attemptStoreContract(() => harness)) it(name, run);
});
