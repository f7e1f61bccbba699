import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { MemorySigningKeyStore, MemoryStores, signingKeyStoreContract } from 'nestjs-aerie/testing';
import { type DatabaseHarness, databaseHarness } from '../support/test-stores.js';

describe('signing keys on SQLite', () => {
  let harness: DatabaseHarness;
  beforeAll(async () => {
    harness = await databaseHarness('sqlite');
  });
  afterAll(() => harness.close());
  for (const { name, run } of signingKeyStoreContract(() => harness)) it(name, run);
});

describe('signing keys in memory', () => {
  class StoresWithKeys extends MemoryStores {
    private readonly keys = new MemorySigningKeyStore();
    override signingKeys(): MemorySigningKeyStore {
      return this.keys;
    }
  }
  const stores = new StoresWithKeys();
  const harness = {
    stores,
    age: (id: string, ms: number) => stores.age(id, ms),
    announced: (kind: never, value: string) => stores.announced(kind, value),
  };
  for (const { name, run } of signingKeyStoreContract(() => harness)) it(name, run);
});
