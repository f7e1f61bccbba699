import type { DataSource } from 'typeorm';
import { AuthConfigError } from '../../errors/auth-config-error.js';
import { type ColumnMapping, SqlTable } from '../../sql/database/sql-table.js';
import { type SqlValue, trustedSql } from '../../sql/database/sql.js';
import type { ColumnDefinition, TableDefinition } from '../../sql/database/table-definition.js';
import { entityClassOf } from '../entities/auth-entities.js';

/** The names of a table and its columns as a connection maps them: prefix, schema and naming strategy included. */
export function typeOrmTable<Row extends object>(
  source: DataSource,
  definition: TableDefinition<Row>,
): SqlTable<Row> {
  const entity = entityClassOf(definition);
  if (!source.hasMetadata(entity)) {
    throw new AuthConfigError(
      `the table ${definition.name} must be in "tables" of the feature whose store reads it (got a store without it)`,
    );
  }
  const metadata = source.getMetadata(entity);
  const quote = (name: string): string => source.driver.escape(name);
  const columns = Object.entries<ColumnDefinition>(definition.columns);
  const mappings = columns.map(([property, { selected, values }]): ColumnMapping => ({
    property,
    quoted: quote(metadata.findColumnWithPropertyName(property)!.databaseName),
    selected: selected !== false,
    toDatabase: (value) => (values ? values.to(value) : value) as SqlValue,
    fromDatabase: (value) => (values ? values.from(value) : value),
  }));
  const name = metadata.tablePath.split('.').map(quote).join('.');
  return new SqlTable<Row>(trustedSql(name), mappings, quote);
}
