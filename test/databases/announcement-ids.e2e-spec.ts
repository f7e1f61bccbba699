import { describe } from '@jest/globals';
import { revocationIds } from './announcement-ids.js';

describe('ids of revocations, on SQLite', () => revocationIds('sqlite'));
