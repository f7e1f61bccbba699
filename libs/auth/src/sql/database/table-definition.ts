import type { ValueConversion } from './column-values.js';

/** A column, without any ORM. */
export interface ColumnDefinition {
  /** Its name in the table, before a naming strategy of the host. */
  readonly name: string;
  /** `identity`: a number that the database gives, 64 bits. */
  readonly type: 'varchar' | 'text' | 'int' | 'bigint' | 'boolean' | 'identity';
  /** Of a `varchar`. */
  readonly length?: number;
  readonly primary?: true;
  readonly nullable?: true;
  readonly default?: string | number | boolean;
  /** False: a statement reads it only when it names it. */
  readonly selected?: false;
  /** How a value is written and read. Default: as the driver has it. */
  readonly values?: ValueConversion;
}

/**
 * A table as the stores need it, without any ORM: `typeorm/` makes an entity and a migration of it. `Row` is what a
 * statement reads.
 */
export interface TableDefinition<Row extends object = any> {
  /** Its name, before a prefix or naming strategy of the host: `auth_session`. */
  readonly name: string;
  /** The name of its entity, as error messages have it: `Session`. */
  readonly entity: string;
  readonly columns: { readonly [P in keyof Row & string]-?: ColumnDefinition };
  /** Each a list of properties. */
  readonly indices: readonly (readonly (keyof Row & string)[])[];
}

type Details = Omit<ColumnDefinition, 'name' | 'type'>;

/** A column of short texts: `varchar('id', 36, { primary: true })`. */
export const varchar = (name: string, length: number, details: Details = {}): ColumnDefinition => ({
  name,
  type: 'varchar',
  length,
  ...details,
});
const columnOf =
  (type: ColumnDefinition['type']) =>
  (name: string, details: Details = {}): ColumnDefinition => ({ name, type, ...details });
/** A column of texts of any length. */
export const text = columnOf('text');
/** A column of 32-bit numbers. */
export const int = columnOf('int');
/** A column of booleans; give it `values: asBoolean`. */
export const boolean = columnOf('boolean');
/** A column of 64-bit numbers, such as instants in milliseconds; give it `values: asNumber`. */
export const bigint = columnOf('bigint');
/** A column of numbers that the database gives. */
export const identity = columnOf('identity');
