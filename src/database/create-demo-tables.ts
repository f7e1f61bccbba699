import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { Note } from '../notes/note.entity.js';
import { User } from '../users/user.entity.js';

/** The demo's own two tables, for every database alike. TypeORM 0.3 knows `connection` alone; with TypeORM 1, say `dataSource`. */
export class CreateDemoTables1795219300000 implements MigrationInterface {
  readonly name = 'CreateDemoTables1795219300000';

  async up(runner: QueryRunner): Promise<void> {
    for (const entity of [User, Note]) {
      const metadata = runner.connection.getMetadata(entity);
      await runner.createTable(Table.create(metadata, runner.connection.driver), true, false, true);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const entity of [Note, User])
      await runner.dropTable(runner.connection.getMetadata(entity).tablePath, true);
  }
}
