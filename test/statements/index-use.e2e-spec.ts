import { describe } from '@jest/globals';
import { indexUse } from './index-use.js';

describe('an index for every statement, on SQLite', () => indexUse('sqlite'));
