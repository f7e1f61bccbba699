import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { Note } from '../notes/note.entity.js';
import { User } from '../users/user.entity.js';

/** The demo's own two tables, for every database alike. */
export class CreateDemoTables1795219300000 implements MigrationInterface {
  readonly name = 'CreateDemoTables1795219300000';

  async up(runner: QueryRunner): Promise<void> {
    for (const entity of [User, Note]) {
      const metadata = runner.dataSource.getMetadata(entity);
      await runner.createTable(Table.create(metadata, runner.dataSource.driver), true, false, true);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const entity of [Note, User])
      await runner.dropTable(runner.dataSource.getMetadata(entity).tablePath, true);
  }
}
