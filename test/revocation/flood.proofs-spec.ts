import { describe } from '@jest/globals';
import { revocationFlood } from './flood.js';

describe.each(['postgres', 'mariadb', 'sqlite'] as const)('a flood of revocations, on %s', revocationFlood);
