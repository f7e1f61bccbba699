import { describe } from '@jest/globals';
import { clientApp } from './client-app.js';

describe('an application without TypeORM, on better-sqlite3', () => clientApp('better-sqlite3'));
