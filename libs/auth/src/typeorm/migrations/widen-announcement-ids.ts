import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { dataSourceOf } from '../connection/data-source-of.js';
import { Revocation } from '../entities/revocation.entity.js';

/**
 * Gives revocations ids of 64 bits, and the index that finds those of one value. A database that was made from today's
 * entities has both.
 */
export class WidenAnnouncementIds1796428800000 implements MigrationInterface {
  readonly name = 'WidenAnnouncementIds1796428800000';

  async up(runner: QueryRunner): Promise<void> {
    const source = dataSourceOf(runner);
    const { driver } = source;
    const metadata = source.getMetadata(Revocation);
    const { tablePath } = metadata;
    const there = await runner.getTable(tablePath);
    const id = metadata.findColumnWithPropertyName('id')!.databaseName;
    const [table, column] = [
      tablePath
        .split('.')
        .map((part) => driver.escape(part))
        .join('.'),
      driver.escape(id),
    ];
    if (driver.options.type === 'postgres') {
      // Without a look at the type: to make it what it is costs nothing.
      await runner.query(`alter table ${table} alter column ${column} type bigint`);
      const [row] = (await runner.query('select pg_get_serial_sequence($1, $2) as sequence', [
        table,
        id,
      ])) as {
        sequence: string | null;
      }[];
      if (row?.sequence) await runner.query(`alter sequence ${row.sequence} as bigint`);
    } else if (driver.options.type !== 'better-sqlite3' && there?.findColumnByName(id)?.type !== 'bigint') {
      await runner.query(`alter table ${table} modify ${column} bigint not null auto_increment`);
    }
    for (const index of Table.create(metadata, driver).indices)
      if (!there?.indices.some(({ name }) => name === index.name)) await runner.createIndex(tablePath, index);
  }

  /** Leaves both: a table may have ids by now that 32 bits do not hold, and a former version works with either. */
  async down(): Promise<void> {}
}
