import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { refreshTokenFamilyStoreContract, sessionStoreContract } from 'nestjs-aerie/testing';
import { databaseHarnesses, later, memoryFamilies, type StoreHarnesses } from '../support/test-stores.js';

describe('families in memory', () => {
  for (const { name, run } of refreshTokenFamilyStoreContract(memoryFamilies())) it(name, run);
});

describe('stores on SQLite', () => {
  let harnesses: StoreHarnesses;
  beforeAll(async () => {
    harnesses = await databaseHarnesses('sqlite');
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
