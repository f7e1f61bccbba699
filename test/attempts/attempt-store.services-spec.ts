import { afterAll, beforeAll, describe, it } from '@jest/globals';
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
