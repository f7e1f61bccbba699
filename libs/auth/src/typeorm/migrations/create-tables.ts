import {
  type DataSource,
  type EntityMetadata,
  type EntityTarget,
  type MigrationInterface,
  type ObjectLiteral,
  type QueryRunner,
  Table,
} from 'typeorm';
import type { FeatureMigration } from '../../features/auth-feature.js';
import { AuthConfigError } from '../../errors/auth-config-error.js';
import { dataSourceOf } from '../connection/data-source-of.js';
import { entityClassOf } from '../entities/auth-entities.js';

const ENTITIES_MISSING =
  'the entities of AuthModule and its features must be in the connection that runs its migrations (got a connection without them): set autoLoadEntities: true, or entities: [...authEntities(features), ...] (from nestjs-aerie/typeorm)';

/** The migration that creates tables, and adds columns where they are missing. */
export function createTablesMigration({
  name,
  creates,
  adds = [],
}: FeatureMigration): new () => MigrationInterface {
  class CreateListedTables extends CreateTables {
    readonly name = name;
    protected readonly tables = creates.map(entityClassOf);
    protected readonly additions = adds.map(({ table, columns }) => ({
      entity: entityClassOf(table),
      columns,
    }));
  }
  Object.defineProperty(CreateListedTables, 'name', { value: name });
  return CreateListedTables;
}

/** A migration by the connection's own metadata: its prefix, schema and naming strategy hold. */
abstract class CreateTables implements MigrationInterface {
  // Not left to the class: minifiers rename classes, and TypeORM keeps this in its table of migrations.
  abstract readonly name: string;
  protected abstract readonly tables: readonly EntityTarget<ObjectLiteral>[];
  protected abstract readonly additions: readonly {
    readonly entity: EntityTarget<ObjectLiteral>;
    readonly columns: readonly string[];
  }[];

  async up(runner: QueryRunner): Promise<void> {
    const source = dataSourceOf(runner);
    for (const entity of this.tables) {
      const metadata = metadataOf(source, entity);
      if (metadata.schema && source.options.type === 'postgres')
        await runner.createSchema(metadata.schema, true);
      await runner.createTable(Table.create(metadata, source.driver), true, false, true);
    }
    for (const { entity, columns } of this.additions) {
      const metadata = metadataOf(source, entity);
      const { columns: all } = Table.create(metadata, source.driver);
      for (const property of columns) {
        const { databaseName } = metadata.findColumnWithPropertyName(property)!;
        // A table that an earlier migration has just made has it.
        if (!(await runner.hasColumn(metadata.tablePath, databaseName)))
          await runner.addColumn(
            metadata.tablePath,
            all.find(({ name }) => name === databaseName)!,
          );
      }
    }
  }

  /** Drops the tables. Columns stay: a former version works with them. */
  async down(runner: QueryRunner): Promise<void> {
    const source = dataSourceOf(runner);
    for (const entity of [...this.tables].reverse()) {
      const metadata = source.getMetadata(entity);
      await runner.dropTable(Table.create(metadata, source.driver), true);
    }
  }
}

function metadataOf(source: DataSource, entity: EntityTarget<ObjectLiteral>): EntityMetadata {
  if (!source.hasMetadata(entity)) throw new AuthConfigError(ENTITIES_MISSING);
  return source.getMetadata(entity);
}
