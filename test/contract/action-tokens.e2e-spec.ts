import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { actionTokenStoreContract, MemoryStores } from 'nestjs-aerie/testing';
import { type DatabaseHarness, databaseHarness } from '../support/test-stores.js';

describe('action tokens on SQLite', () => {
  let harness: DatabaseHarness;
  beforeAll(async () => {
    harness = await databaseHarness('sqlite');
  });
  afterAll(() => harness.close());
  for (const { name, run } of actionTokenStoreContract(() => harness)) it(name, run);
});

describe('action tokens in memory', () => {
  const stores = new MemoryStores();
  const harness = {
    stores,
    age: (id: string, ms: number) => stores.age(id, ms),
    announced: (kind: never, value: string) => stores.announced(kind, value),
  };
  for (const { name, run } of actionTokenStoreContract(() => harness)) it(name, run);
});
