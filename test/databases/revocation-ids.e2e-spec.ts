import { describe } from '@jest/globals';
import { revocationIds } from './revocation-ids.js';

describe('ids of revocations, on SQLite', () => revocationIds('sqlite'));
