import { describe } from '@jest/globals';
import { revocationIds } from './revocation-ids.js';

describe.each(['postgres', 'mariadb'] as const)('ids of revocations, on %s', revocationIds);
