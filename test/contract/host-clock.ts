import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { refreshTokenFamilyStoreContract } from 'nestjs-aerie/testing';
import type { TestDatabase } from '../support/test-databases.js';
import { type DatabaseHarness, databaseHarness } from '../support/test-stores.js';

const HOUR_MS = 3_600_000;

/** The contract in a process whose clock is an hour fast: a store on a database knows the database's alone. */
export function familiesOnHostWithWrongClock(database: TestDatabase): void {
  describe(`families on ${database}, where the clock of the host is wrong`, () => {
    const { now } = Date;
    let harness: DatabaseHarness;
    beforeAll(async () => {
      harness = await databaseHarness(database);
      Date.now = () => now() + HOUR_MS;
    });
    afterAll(async () => {
      Date.now = now;
      await harness.close();
    });

    for (const { name, run } of refreshTokenFamilyStoreContract(() => harness)) it(name, run);
  });
}
