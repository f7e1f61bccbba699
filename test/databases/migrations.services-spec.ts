import { describe } from '@jest/globals';
import { migrations } from './migrations.js';
import { upgrade } from './upgrade.js';

const SERVERS = ['postgres', 'mariadb'] as const;

describe.each(SERVERS)('the migrations, on %s', migrations);
describe.each(SERVERS)('an upgrade, on %s', upgrade);
