import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import { rolesWinRaces } from './changed-roles.js';
import { Cluster, type Setup } from './cluster.js';
import { winsRaces } from './races.js';
import { outlivesRestarts } from './restarts.js';
import { rowsHold } from './rows.js';
import { signInsAreShared } from './sign-ins-api.js';

/** The table "what ends what" with real servers and processes: nodes of each setup, started once. */
export function whatEndsWhat(setups: readonly Setup[]): void {
  // Processes start and end: a limit that only a hang reaches.
  jest.setTimeout(60_000);
  const cases = setups.flatMap((setup) => setup.counts.map((count) => [setup.name, count, setup] as const));
  describe.each(cases)('on %s, %i nodes', (_name, count, setup) => {
    let cluster: Cluster;
    beforeAll(async () => {
      cluster = await Cluster.start(setup, count);
    });
    afterAll(() => cluster?.close());

    describe('each row', () => rowsHold(() => cluster));
    describe('each row that ends a subject, in a race', () => winsRaces(() => cluster));
    describe('roles, in a race', () => rolesWinRaces(() => cluster));
    describe('the sign-ins of a subject', () => signInsAreShared(() => cluster));
    describe('later', () => outlivesRestarts(() => cluster));
  });
}
