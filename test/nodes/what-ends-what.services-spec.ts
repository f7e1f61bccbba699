import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import { rolesWinRaces } from './endings/changed-roles.js';
import { Cluster, SETUPS } from './endings/cluster.js';
import { winsRaces } from './endings/races.js';
import { outlivesRestarts } from './endings/restarts.js';
import { rowsHold } from './endings/rows.js';
import { signInsAreShared } from './endings/sign-ins-api.js';

// Processes start and end: a limit that only a hang reaches.
jest.setTimeout(60_000);

describe.each(SETUPS.flatMap((setup) => setup.counts.map((count) => [setup.name, count, setup] as const)))(
  'what ends what, on %s, %i nodes',
  (_name, count, setup) => {
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
  },
);
