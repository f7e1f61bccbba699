import { describe } from '@jest/globals';
import { BELOW_THE_EDGE } from '../support/test-app.js';
import { callsIntoTheHost } from './calls-into-the-host.js';
import { mariadbWatch } from './mariadb-watch.js';
import { postgresWatch } from './postgres-watch.js';
import { statementBudget } from './statement-budget.js';

const SERVERS = [
  { database: 'postgres', watch: postgresWatch, brackets: 2, counting: 0 },
  { database: 'mariadb', watch: mariadbWatch, brackets: 3, counting: 4 },
];

describe.each(SERVERS)('statements that the driver gets, on $database', ({ watch, brackets, counting }) => {
  describe.each(BELOW_THE_EDGE)('with %s', (adapter) =>
    statementBudget(watch, { adapter, brackets, counting }),
  );
});

describe.each(SERVERS)('no transaction is open while code of the host runs, on $database', ({ watch }) => {
  callsIntoTheHost(watch);
});
