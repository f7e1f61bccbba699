import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import type { ColumnDefinition, TableDefinition } from '../../sql/database/table-definition.js';

const made = new WeakMap<TableDefinition, EntitySchema>();

/**
 * The entity of a table that has no class of ours, such as a feature's. The same definition gives the same entity. It has a
 * class: a connection finds a schema without one by its name, and another entity may have the same.
 */
export function entitySchemaOf(definition: TableDefinition): EntitySchema {
  let schema = made.get(definition);
  if (!schema) {
    schema = new EntitySchema({
      name: definition.entity,
      target: { [definition.entity]: class {} }[definition.entity]!,
      tableName: definition.name,
      columns: Object.fromEntries(
        Object.entries<ColumnDefinition>(definition.columns).map(([property, column]) => [
          property,
          columnOptions(column),
        ]),
      ),
      indices: definition.indices.map((columns) => ({ columns: [...columns] })),
    });
    made.set(definition, schema);
  }
  return schema;
}

function columnOptions(column: ColumnDefinition): EntitySchemaColumnOptions {
  const { name, type, length, primary, nullable, selected, values } = column;
  const types = { varchar: 'varchar', text: 'text', int: 'int', bigint: 'bigint', boolean: Boolean } as const;
  return {
    name,
    // A number that the database gives is an integer in SQLite; others get the 64 bits of its migration.
    type: type === 'identity' ? 'integer' : types[type],
    ...(type === 'identity' && { generated: 'increment' as const }),
    ...(length !== undefined && { length }),
    ...(primary && { primary }),
    ...(nullable && { nullable }),
    ...(selected === false && { select: false }),
    ...(column.default !== undefined && { default: column.default }),
    ...(values && { transformer: values }),
  };
}
