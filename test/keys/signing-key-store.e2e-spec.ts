import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { MemorySigningKeyStore, signingKeyStoreContract } from 'nestjs-aerie/testing';
import { type DatabaseHarness, databaseHarness } from '../support/test-stores.js';

describe('signing keys on SQLite', () => {
  let harness: DatabaseHarness;
  beforeAll(async () => {
    harness = await databaseHarness('sqlite');
  });
  afterAll(() => harness.close());
  for (const { name, run } of signingKeyStoreContract(() => harness.stores.signingKeys()!)) it(name, run);
});

describe('signing keys in memory', () => {
  for (const { name, run } of signingKeyStoreContract(() => new MemorySigningKeyStore())) it(name, run);
});
