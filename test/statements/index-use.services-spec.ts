import { describe } from '@jest/globals';
import { indexUse } from './index-use.js';

describe.each(['postgres', 'mariadb'] as const)('an index for every statement, on %s', indexUse);
