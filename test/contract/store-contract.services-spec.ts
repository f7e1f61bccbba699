import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { refreshTokenFamilyStoreContract, sessionStoreContract } from 'nestjs-aerie/testing';
import { databaseHarnesses, later, type StoreHarnesses } from '../support/test-stores.js';

describe.each(['postgres', 'mariadb'] as const)('stores on %s', (database) => {
  let harnesses: StoreHarnesses;
  beforeAll(async () => {
    harnesses = await databaseHarnesses(database);
  });
  afterAll(() => harnesses.close());

  describe('families', () => {
    for (const { name, run } of refreshTokenFamilyStoreContract(later(() => harnesses.families)))
      it(name, run);
  });
  describe('sessions', () => {
    for (const { name, run } of sessionStoreContract(later(() => harnesses.sessions))) it(name, run);
  });
});
