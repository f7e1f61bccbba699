import { describe } from '@jest/globals';
import { BELOW_THE_EDGE } from '../support/test-app.js';
import { auditTable } from './audit-table.js';

describe.each(BELOW_THE_EDGE)('the table of security events on SQLite, with %s', (adapter) =>
  auditTable('sqlite', adapter),
);
