import type { TableNaming } from '../clients/table-names.js';
import type { Dialect } from '../database/dialect.js';
import type { ColumnDefinition, TableDefinition } from '../database/table-definition.js';

type DialectName = Dialect['name'];
type ColumnTypes = Readonly<Record<ColumnDefinition['type'], string>>;

/** The types that TypeORM makes of the same definitions. */
const TYPES: Readonly<Record<DialectName, ColumnTypes>> = {
  postgres: {
    varchar: 'varchar',
    text: 'text',
    int: 'integer',
    bigint: 'bigint',
    boolean: 'boolean',
    identity: 'bigserial',
  },
  mysql: {
    varchar: 'varchar',
    text: 'text',
    int: 'int',
    bigint: 'bigint',
    boolean: 'tinyint',
    identity: 'bigint',
  },
  sqlite: {
    varchar: 'varchar',
    text: 'text',
    int: 'integer',
    bigint: 'bigint',
    boolean: 'boolean',
    identity: 'integer primary key autoincrement',
  },
};

/**
 * Statements that create tables and their indexes, and the schema, where they are missing. `has`: whether a table has a
 * column from the start, or a later migration adds it.
 */
export function createTables(
  naming: TableNaming,
  tables: readonly TableDefinition[],
  has: (column: ColumnDefinition) => boolean = () => true,
): readonly string[] {
  const { schema } = naming;
  return [
    ...(schema === null || tables.length === 0 ? [] : [`create schema if not exists ${schema}`]),
    ...tables.flatMap((table) => createTable(naming, table, has)),
  ];
}

/** Adds a column to a table that does not have it. PostgreSQL alone lets the statement ask. */
export function addColumn(naming: TableNaming, { name }: TableDefinition, column: ColumnDefinition): string {
  const add = naming.dialect === 'postgres' ? 'add column if not exists' : 'add column';
  return `alter table ${naming.table(name)} ${add} ${columnLine(naming, column)}`;
}

function createTable(
  naming: TableNaming,
  { name, columns, indices }: TableDefinition,
  has: (column: ColumnDefinition) => boolean,
): readonly string[] {
  const { dialect } = naming;
  const defined: readonly ColumnDefinition[] = Object.values(columns).filter(has);
  const lines = defined.map((column) => columnLine(naming, column));
  const keys = defined.filter(({ primary }) => primary);
  // SQLite knows an identity's key by the column alone.
  if (!keys.some(({ type }) => dialect === 'sqlite' && type === 'identity'))
    lines.push(primaryKey(naming, name, keys));
  const table = naming.table(name);
  const indexes = indices.map((properties) => {
    const of = properties.map((property) => columns[property]!.name);
    return { called: naming.constraint('IDX', name, of), of: listed(naming, of) };
  });
  // MySQL has no "create index if not exists".
  if (dialect === 'mysql') lines.push(...indexes.map(({ called, of }) => `index ${called} (${of})`));
  const create = `create table if not exists ${table} (\n  ${lines.join(',\n  ')}\n)`;
  if (dialect === 'mysql') return [`${create} engine=InnoDB`];
  return [
    create,
    ...indexes.map(({ called, of }) => `create index if not exists ${called} on ${table} (${of})`),
  ];
}

const listed = (naming: TableNaming, names: readonly string[]): string =>
  names.map((name) => naming.quote(name)).join(', ');

function columnLine(naming: TableNaming, column: ColumnDefinition): string {
  const { dialect } = naming;
  const { name, type, length, nullable, default: fallback } = column;
  const parts = [naming.quote(name), TYPES[dialect][type] + (length === undefined ? '' : `(${length})`)];
  if (!nullable) parts.push('not null');
  if (dialect === 'mysql' && type === 'identity') parts.push('auto_increment');
  if (fallback !== undefined) parts.push(`default ${literal(dialect, fallback)}`);
  return parts.join(' ');
}

function primaryKey(naming: TableNaming, table: string, keys: readonly ColumnDefinition[]): string {
  const names = keys.map(({ name }) => name);
  const line = `primary key (${listed(naming, names)})`;
  return naming.dialect === 'postgres' ? `constraint ${naming.constraint('PK', table, names)} ${line}` : line;
}

/** Of a definition, never of a request. PostgreSQL remembers a number as it was written: in quotes, as TypeORM writes it. */
function literal(dialect: DialectName, value: string | number | boolean): string {
  if (typeof value === 'string' || (typeof value === 'number' && dialect === 'postgres'))
    return `'${String(value).replaceAll("'", "''")}'`;
  return typeof value === 'boolean' && dialect !== 'postgres' ? String(Number(value)) : String(value);
}
