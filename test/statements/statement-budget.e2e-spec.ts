import { describe } from '@jest/globals';
import { BELOW_THE_EDGE } from '../support/test-app.js';
import { callsIntoTheHost } from './calls-into-the-host.js';
import { sqliteWatch } from './sqlite-watch.js';
import { statementBudget } from './statement-budget.js';

describe.each(BELOW_THE_EDGE)('statements that SQLite executes, with %s', (adapter) =>
  statementBudget(sqliteWatch, { adapter, brackets: 2 }),
);

describe('no transaction is open while code of the host runs, on SQLite', () => {
  callsIntoTheHost(sqliteWatch);
});
