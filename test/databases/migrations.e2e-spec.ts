import { describe } from '@jest/globals';
import { migrations } from './migrations.js';
import { upgrade } from './upgrade.js';

describe('the migrations, on SQLite', () => migrations('sqlite'));
describe('an upgrade, on SQLite', () => upgrade('sqlite'));
