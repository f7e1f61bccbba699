import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { authStoresContract, MemoryStores, type StoreHarness } from 'nestjs-aerie/testing';
import { clientHarness } from '../support/test-clients.js';
import { type DatabaseHarness, databaseHarness } from '../support/test-stores.js';

describe('stores in memory', () => {
  const stores = new MemoryStores();
  const harness: StoreHarness = {
    stores,
    age: (id, ms) => stores.age(id, ms),
    announced: (kind, value) => stores.announced(kind, value),
  };
  for (const { name, run } of authStoresContract(() => harness)) it(name, run);
});

describe('stores on SQLite', () => {
  let harness: DatabaseHarness;
  beforeAll(async () => {
    harness = await databaseHarness('sqlite');
  });
  afterAll(() => harness.close());
  for (const { name, run } of authStoresContract(() => harness)) it(name, run);
});

describe('stores on a database of better-sqlite3', () => {
  let harness: DatabaseHarness;
  beforeAll(async () => {
    harness = await clientHarness('better-sqlite3');
  });
  afterAll(() => harness.close());
  for (const { name, run } of authStoresContract(() => harness)) it(name, run);
});
