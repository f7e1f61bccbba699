import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { MemoryStores, handoverStoreContract } from 'nestjs-aerie/testing';
import { type DatabaseHarness, databaseHarness } from '../support/test-stores.js';

describe('handovers on SQLite', () => {
  let harness: DatabaseHarness;
  beforeAll(async () => {
    harness = await databaseHarness('sqlite');
  });
  afterAll(() => harness.close());
  for (const { name, run } of handoverStoreContract(() => harness)) it(name, run);
});

describe('handovers in memory', () => {
  const stores = new MemoryStores();
  const harness = {
    stores,
    age: (id: string, ms: number) => stores.age(id, ms),
    announced: (kind: never, value: string) => stores.announced(kind, value),
  };
  for (const { name, run } of handoverStoreContract(() => harness)) it(name, run);
});
