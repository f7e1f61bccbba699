import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { User } from '../users/user.entity.js';

/** Addresses that are verified, and users without a password, in tables that were made before there were any. */
export class VerifyAddresses1795910400000 implements MigrationInterface {
  readonly name = 'VerifyAddresses1795910400000';

  async up(runner: QueryRunner): Promise<void> {
    const metadata = runner.connection.getMetadata(User);
    const wanted = Table.create(metadata, runner.connection.driver);
    const present = (await runner.getTable(metadata.tablePath))!;
    const verified = wanted.findColumnByName('email_verified')!;
    if (!present.findColumnByName(verified.name)) await runner.addColumn(present, verified);
    const hash = present.findColumnByName('password_hash')!;
    if (hash.isNullable) return;
    const nullable = hash.clone();
    nullable.isNullable = true;
    await runner.changeColumn(present, hash, nullable);
  }

  async down(runner: QueryRunner): Promise<void> {
    const { tablePath } = runner.connection.getMetadata(User);
    await runner.dropColumn(tablePath, 'email_verified');
  }
}
