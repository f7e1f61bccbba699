import { createHash } from 'node:crypto';
import type { OptionReader } from '../../validation/option-reader.js';
import type { Dialect } from '../database/dialect.js';
import { type ColumnMapping, SqlTable } from '../database/sql-table.js';
import { type SqlValue, trustedSql } from '../database/sql.js';
import type { ColumnDefinition, TableDefinition } from '../database/table-definition.js';

/** What the tables are called, for the stores and for their migrations. Give both the same. */
export interface TableNames {
  /** Before the name of every table: letters, digits and underscores, at most 32. Default: none. */
  readonly prefix?: string;
  /** PostgreSQL: the schema of the tables. Default: the first one of the pool's `search_path`. */
  readonly schema?: string | undefined;
}

export interface ResolvedTableNames {
  readonly prefix: string;
  readonly schema: string | undefined;
}

// Of PostgreSQL's 63 bytes, the longest of our names leaves more than that.
const isPrefix = (value: unknown): value is string => typeof value === 'string' && /^\w{0,32}$/.test(value);
const isSchema = (value: unknown): value is string | undefined =>
  value === undefined || (typeof value === 'string' && /^\w{1,63}$/.test(value));

export function resolveTableNames(reader: OptionReader): ResolvedTableNames {
  return {
    prefix: reader.custom('prefix', 'at most 32 letters, digits and underscores', isPrefix, ''),
    schema: reader.custom('schema', 'the name of a schema of PostgreSQL', isSchema, undefined),
  };
}

/** How a database writes our names. */
export class TableNaming {
  constructor(
    readonly dialect: Dialect['name'],
    private readonly names: ResolvedTableNames,
  ) {}

  quote(name: string): string {
    return this.dialect === 'mysql' ? `\`${name}\`` : `"${name}"`;
  }

  /** Quoted; null: the default one. */
  get schema(): string | null {
    return this.names.schema === undefined ? null : this.quote(this.names.schema);
  }

  /** The quoted name of a table, with its schema. */
  table(name: string): string {
    const table = this.quote(this.names.prefix + name);
    return this.schema === null ? table : `${this.schema}.${table}`;
  }

  /**
   * The quoted name of an index or of a primary key: the one that TypeORM gives it, so that tables which either of them
   * has made are the same tables.
   */
  constraint(kind: 'IDX' | 'PK', table: string, columns: readonly string[]): string {
    const key = `${this.names.prefix}${table}_${[...columns].sort().join('_')}`;
    const digest = createHash('sha1').update(key).digest('hex');
    return this.quote(`${kind}_${digest.slice(0, kind === 'PK' ? 27 : 26)}`);
  }

  /** The table for statements. */
  of<Row extends object>(definition: TableDefinition<Row>): SqlTable<Row> {
    const quote = (name: string): string => this.quote(name);
    const columns = Object.entries<ColumnDefinition>(definition.columns);
    const mappings = columns.map(([property, { name, selected, values }]): ColumnMapping => ({
      property,
      quoted: quote(name),
      selected: selected !== false,
      toDatabase: (value) => (values ? values.to(value) : value) as SqlValue,
      fromDatabase: (value) => (values ? values.from(value) : value),
    }));
    return new SqlTable<Row>(trustedSql(this.table(definition.name)), mappings, quote);
  }
}
