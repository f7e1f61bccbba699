import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { handoverStoreContract } from 'nestjs-aerie/testing';
import { type DatabaseHarness, databaseHarness } from '../support/test-stores.js';

describe.each(['postgres', 'mariadb'] as const)('handovers on %s', (database) => {
  let harness: DatabaseHarness;
  beforeAll(async () => {
    harness = await databaseHarness(database);
  });
  afterAll(() => harness.close());
  for (const { name, run } of handoverStoreContract(() => harness)) it(name, run);
});
