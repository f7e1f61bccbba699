import { describe, expect, it } from '@jest/globals';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { typeOrmStores, type TypeOrmStoresOptions } from './typeorm-stores.js';

describe('typeOrmStores', () => {
  it.each<[string, unknown]>([
    ['stores.dataSource', { dataSource: {} }],
    ['stores.database', { database: 5 }],
    ['stores.database.deadline', { database: { deadline: '99ms' } }],
    ['stores.database.deadline', { database: { deadline: '21s' } }],
    ['stores.database.deadline', { database: { deadline: 2_000 } }],
    ['stores.database.preparedStatements', { database: { preparedStatements: 'no' } }],
    ['stores.database.pool', { database: { pool: 1 } }],
    ['stores.audit', { audit: 'yes' }],
    ['stores.audit', { audit: null }],
    ['stores.audit.retention', { audit: { retention: '1h' } }],
    ['stores.audit.table', { audit: { table: true } }],
    ['stores.datasource', { datasource: 'main' }],
  ])('refuses a bad %s: %j', (path, options) => {
    expect(() => typeOrmStores(options as TypeOrmStoresOptions)).toThrow(AuthConfigError);
    expect(() => typeOrmStores(options as TypeOrmStoresOptions)).toThrow(`"${path}"`);
  });

  it('takes what is right', () => {
    for (const audit of [true, false, {}, { retention: '30d' as const }])
      expect(typeOrmStores({ dataSource: 'main', database: { deadline: '5s' }, audit })).toHaveProperty(
        'provider',
      );
  });
});
