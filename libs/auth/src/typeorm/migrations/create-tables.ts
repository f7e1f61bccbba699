import {
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

/** The migration that creates the tables of a list. */
export function createTablesMigration({ name, creates }: FeatureMigration): new () => MigrationInterface {
  class CreateListedTables extends CreateTables {
    readonly name = name;
    protected readonly tables = creates.map(entityClassOf);
  }
  Object.defineProperty(CreateListedTables, 'name', { value: name });
  return CreateListedTables;
}

/** A migration that creates tables from the connection's own metadata: its prefix, schema and naming strategy hold. */
abstract class CreateTables implements MigrationInterface {
  // Not left to the class: minifiers rename classes, and TypeORM keeps this in its table of migrations.
  abstract readonly name: string;
  protected abstract readonly tables: readonly EntityTarget<ObjectLiteral>[];

  async up(runner: QueryRunner): Promise<void> {
    const source = dataSourceOf(runner);
    for (const entity of this.tables) {
      if (!source.hasMetadata(entity)) throw new AuthConfigError(ENTITIES_MISSING);
      const metadata = source.getMetadata(entity);
      if (metadata.schema && source.options.type === 'postgres')
        await runner.createSchema(metadata.schema, true);
      await runner.createTable(Table.create(metadata, source.driver), true, false, true);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    const source = dataSourceOf(runner);
    for (const entity of [...this.tables].reverse()) {
      const metadata = source.getMetadata(entity);
      await runner.dropTable(Table.create(metadata, source.driver), true);
    }
  }
}
