import { describe } from '@jest/globals';
import { BY_LOOKUP } from './endings/cluster.js';
import { whatEndsWhat } from './endings/what-ends-what.js';

describe('what ends what, by lookup', () => whatEndsWhat(BY_LOOKUP));
