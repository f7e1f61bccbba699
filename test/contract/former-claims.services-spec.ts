import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { formerClaimStoreContract } from 'nestjs-aerie/testing';
import { type DatabaseHarness, databaseHarness } from '../support/test-stores.js';

describe.each(['postgres', 'mariadb'] as const)('former credentials on %s', (database) => {
  let harness: DatabaseHarness;
  beforeAll(async () => {
    harness = await databaseHarness(database);
  });
  afterAll(() => harness.close());
  for (const { name, run } of formerClaimStoreContract(() => harness)) it(name, run);
});
