import { describe } from '@jest/globals';
import { auditTable } from './audit-table.js';

describe.each(['postgres', 'mariadb'] as const)('the table of security events, on %s', (database) =>
  auditTable(database, 'express'),
);
