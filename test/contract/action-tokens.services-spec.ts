import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { actionTokenStoreContract } from 'nestjs-aerie/testing';
import { type DatabaseHarness, databaseHarness } from '../support/test-stores.js';

describe.each(['postgres', 'mariadb'] as const)('action tokens on %s', (database) => {
  let harness: DatabaseHarness;
  beforeAll(async () => {
    harness = await databaseHarness(database);
  });
  afterAll(() => harness.close());
  for (const { name, run } of actionTokenStoreContract(() => harness)) it(name, run);
});
