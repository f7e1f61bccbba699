import { describe, expect, it } from '@jest/globals';
import { AuthConfigError } from 'nestjs-aerie';
import { type AuthMigrationOptions, authMigrationSql } from 'nestjs-aerie/sql';
import { sqlMigrations } from './sql-migrations.js';

describe('migrations in SQL, on better-sqlite3', () => sqlMigrations('better-sqlite3'));

describe('authMigrationSql', () => {
  it.each<[string, unknown]>([
    ['migrations.dialect', {}],
    ['migrations.dialect', { dialect: 'mariadb' }],
    ['migrations.prefix', { dialect: 'postgres', prefix: 'app"; drop table users; --' }],
    ['migrations.prefix', { dialect: 'postgres', prefix: 'a'.repeat(33) }],
    ['migrations.schema', { dialect: 'postgres', schema: 'a.b' }],
    ['migrations.schema', { dialect: 'postgres', schema: '' }],
    ['migrations.schema', { dialect: 'mysql', schema: 'accounts' }],
    ['migrations.features', { dialect: 'sqlite', features: 'service-issuer' }],
    ['migrations.table', { dialect: 'sqlite', table: 'x' }],
  ])('refuses a bad %s: %j', (path, options) => {
    const read = () => authMigrationSql(options as AuthMigrationOptions & { dialect: 'sqlite' });
    expect(read).toThrow(AuthConfigError);
    expect(read).toThrow(`"${path}"`);
  });
});
