import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import { Cluster, SETUPS } from './endings/cluster.js';
import { rowsHold } from './endings/rows.js';

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
  },
);
