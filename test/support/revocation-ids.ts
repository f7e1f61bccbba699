import { Revocation } from 'nestjs-aerie/typeorm';
import type { DataSource } from 'typeorm';
import type { TestDatabase } from './test-databases.js';

/** The next revocation gets this id. */
export async function nextRevocationId(
  source: DataSource,
  database: TestDatabase,
  id: number,
): Promise<void> {
  const { tablePath } = source.getMetadata(Revocation);
  if (database === 'postgres')
    await source.query(`select setval(pg_get_serial_sequence('${tablePath}', 'id'), ${id}, false)`);
  else if (database === 'mariadb') await source.query(`alter table ${tablePath} auto_increment = ${id}`);
  else {
    await source.query(`delete from sqlite_sequence where name = '${tablePath}'`);
    await source.query(`insert into sqlite_sequence (name, seq) values ('${tablePath}', ${id - 1})`);
  }
}
