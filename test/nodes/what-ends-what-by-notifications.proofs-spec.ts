import { describe } from '@jest/globals';
import { BY_NOTIFICATIONS } from './endings/cluster.js';
import { whatEndsWhat } from './endings/what-ends-what.js';

describe('what ends what, by notifications', () => whatEndsWhat(BY_NOTIFICATIONS));
