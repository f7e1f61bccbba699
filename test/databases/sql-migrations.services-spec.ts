import { describe } from '@jest/globals';
import { SERVER_CLIENTS } from '../support/test-clients.js';
import { sqlMigrations } from './sql-migrations.js';

describe.each(SERVER_CLIENTS)('migrations in SQL, on %s', sqlMigrations);
