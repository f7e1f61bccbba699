import { describe } from '@jest/globals';
import { BY_POLLING } from './endings/cluster.js';
import { whatEndsWhat } from './endings/what-ends-what.js';

describe('what ends what, by polling', () => whatEndsWhat(BY_POLLING));
