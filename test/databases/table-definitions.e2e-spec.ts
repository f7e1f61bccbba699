// The stores know tables as plain definitions; applications know them as entity classes. Both say the same.
import { describe, expect, it } from '@jest/globals';
import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import { AUTH_ENTITIES, authEntities, typeOrmStores } from 'nestjs-aerie/typeorm';
import { DataSource, EntitySchema, type EntityMetadata } from 'typeorm';
import { AUTH_TABLES, entityOf } from '../../libs/auth/src/typeorm/entities/auth-entities.js';
import { entitySchemaOf } from '../../libs/auth/src/typeorm/entities/entity-schema.js';
import { checkFeatures } from '../../libs/auth/src/module/feature-checks.js';
import { startTestApp } from '../support/test-app.js';

/** What a database sees of an entity. */
const shapeOf = ({ tableName, columns, indices }: EntityMetadata) => ({
  tableName,
  columns: columns
    .map((column) => ({
      property: column.propertyName,
      name: column.databaseName,
      type: column.type === 'integer' || column.type === Number ? 'int' : column.type,
      length: column.length,
      isNullable: column.isNullable,
      isPrimary: column.isPrimary,
      isGenerated: column.isGenerated,
      isSelect: column.isSelect,
      default: column.default as unknown,
    }))
    .sort((a, b) => (a.property < b.property ? -1 : 1)),
  indices: indices.map(({ columns: of }) => of.map(({ propertyName }) => propertyName).join()).sort(),
});

async function metadataOf(entities: (new () => object)[] | EntitySchema[]): Promise<EntityMetadata[]> {
  const source = new DataSource({ type: 'better-sqlite3', database: ':memory:', entities: [...entities] });
  await source.initialize();
  await source.destroy();
  return source.entityMetadatas;
}

describe('the tables of the core', () => {
  it('are those that the entity classes describe', async () => {
    const classes = await metadataOf([...AUTH_ENTITIES]);
    const definitions = await metadataOf(AUTH_TABLES.map(entitySchemaOf));
    expect(AUTH_TABLES.map(({ entity }) => entity)).toEqual(AUTH_ENTITIES.map(({ name }) => name));
    for (const one of classes) {
      const defined = definitions.find(({ tableName }) => tableName === one.tableName)!;
      expect(shapeOf(defined)).toEqual(shapeOf(one));
      // Values are converted alike: the class has the conversion of the definition.
      const table = AUTH_TABLES.find(({ name }) => name === one.tableName)!;
      for (const column of one.columns)
        expect([column.propertyName, column.transformer ?? undefined]).toEqual([
          column.propertyName,
          table.columns[column.propertyName]!.values,
        ]);
    }
  });

  it('are refused to features', () => {
    for (const table of AUTH_TABLES) {
      const tables = [{ name: 'CreateAgain1798761600000', creates: [table] }];
      expect(() => checkFeatures([{ name: 'again', tables }])).toThrow(/each table once/);
    }
  });
});

describe('the tables of a feature', () => {
  it('are the same entity wherever they are asked for', () => {
    const [first, second] = [authEntities([serviceIssuer()]), authEntities([serviceIssuer()])];
    expect(first).toEqual(second);
    expect(first.length).toBe(AUTH_ENTITIES.length + 2);
    for (const [index, entity] of first.entries()) expect(entity).toBe(second[index]);
    expect(entityOf(serviceIssuer().tables![0]!.creates[0]!)).toBe(first[AUTH_ENTITIES.length]);
  });

  it('have repositories under their names', async () => {
    const app = await startTestApp({ options: { stores: typeOrmStores(), features: [serviceIssuer()] } });
    expect(await app.source.getRepository('ServiceClient').count()).toBe(0);
    await app.close();
  });
});
