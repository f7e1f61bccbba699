import { describe } from '@jest/globals';
import { ADAPTERS } from '../support/test-app.js';
import { auditTable } from './audit-table.js';

describe.each(ADAPTERS)('the table of security events on SQLite, with %s', (adapter) =>
  auditTable('sqlite', adapter),
);
