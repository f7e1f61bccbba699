import type { EntityManager } from 'typeorm';
import type { HostTransaction } from '../sql/database/sql-database.js';
import type { SqlRow } from '../sql/database/sql.js';

interface StructuredResult {
  readonly records?: SqlRow[];
  readonly affected?: number;
}

/**
 * A transaction of the application, for `rolesChanged(subject, { transaction })`: what AuthModule writes is committed or
 * rolled back with it. Throws TypeError when the EntityManager has no open transaction.
 *
 * @example
 * ```ts
 * import type { AuthenticationService } from 'nestjs-aerie';
 * import { hostTransaction } from 'nestjs-aerie/typeorm';
 * import type { DataSource } from 'typeorm';
 *
 * export const promote = (auth: AuthenticationService, database: DataSource, id: string) =>
 *   database.transaction(async (manager) => {
 *     await manager.query('update users set role = $1 where id = $2', ['admin', id]);
 *     await auth.rolesChanged(id, { transaction: hostTransaction(manager) });
 *   });
 * ```
 */
export function hostTransaction(manager: EntityManager): HostTransaction {
  const { queryRunner, dataSource } = manager;
  if (!queryRunner?.isTransactionActive) {
    throw new TypeError('"manager" must be the EntityManager of an open transaction');
  }
  // SQLite has no booleans.
  const isSqlite = dataSource.options.type === 'better-sqlite3';
  return {
    async query(text, params) {
      const bound = params.map((value) => (isSqlite && typeof value === 'boolean' ? Number(value) : value));
      const result = (await queryRunner.query(text, bound, true)) as StructuredResult;
      return { rows: result.records ?? [], affected: result.affected ?? 0 };
    },
  };
}
