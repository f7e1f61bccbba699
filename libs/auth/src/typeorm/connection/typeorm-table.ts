import type { DataSource, ValueTransformer } from 'typeorm';
import { type ColumnMapping, SqlTable } from '../../sql/database/sql-table.js';
import { type SqlValue, trustedSql } from '../../sql/database/sql.js';

/** The names of an entity's table and columns as a connection maps them: prefix, schema and naming strategy included. */
export function entityTable<E extends object>(source: DataSource, entity: new () => E): SqlTable<E> {
  const metadata = source.getMetadata(entity);
  const quote = (name: string): string => source.driver.escape(name);
  const mappings = metadata.columns.map((column): ColumnMapping => {
    const transformer = column.transformer as ValueTransformer | undefined;
    return {
      property: column.propertyName,
      quoted: quote(column.databaseName),
      selected: column.isSelect,
      toDatabase: (value) => (transformer ? transformer.to(value) : value) as SqlValue,
      fromDatabase: (value) => (transformer ? transformer.from(value) : value) as unknown,
    };
  });
  const name = metadata.tablePath.split('.').map(quote).join('.');
  return new SqlTable<E>(trustedSql(name), mappings, quote);
}
