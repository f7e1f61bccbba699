import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { AuthEvent } from '../audit/auth-event.entity.js';
import { AuthConfigError, ENTITIES_MISSING } from '../errors/auth-config-error.js';
import { RefreshTokenFamily } from '../refresh-tokens/refresh-token-family.entity.js';
import { Revocation } from '../revocation/revocation.entity.js';
import { Session } from '../sessions/session.entity.js';
import { AuthSubject } from '../subjects/auth-subject.entity.js';

const TABLES = [AuthSubject, Session, RefreshTokenFamily, Revocation, AuthEvent];

/** Creates the module's tables from the connection's own metadata: its prefix, schema and naming strategy hold. */
export class CreateAuthTables1795219200000 implements MigrationInterface {
  // Not left to the class: minifiers rename classes, and TypeORM keeps this in its table of migrations.
  readonly name = 'CreateAuthTables1795219200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const entity of TABLES) {
      if (!runner.dataSource.hasMetadata(entity)) throw new AuthConfigError(ENTITIES_MISSING);
      const metadata = runner.dataSource.getMetadata(entity);
      if (metadata.schema && runner.dataSource.options.type === 'postgres')
        await runner.createSchema(metadata.schema, true);
      await runner.createTable(Table.create(metadata, runner.dataSource.driver), true, false, true);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const entity of [...TABLES].reverse()) {
      const metadata = runner.dataSource.getMetadata(entity);
      await runner.dropTable(Table.create(metadata, runner.dataSource.driver), true);
    }
  }
}

/** For the `migrations` of the connection. */
export const AUTH_MIGRATIONS = [CreateAuthTables1795219200000];
