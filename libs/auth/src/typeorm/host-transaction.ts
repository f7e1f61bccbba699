import type { EntityManager } from 'typeorm';
import { type HostTransaction, HostTransactionError } from '../sql/database/sql-database.js';
import type { SqlRow } from '../sql/database/sql.js';
import { dataSourceOf } from './connection/data-source-of.js';

interface StructuredResult {
  readonly records?: SqlRow[];
  readonly affected?: number;
}

/**
 * A transaction of the application, for `rolesChanged(subject, { transaction })`: what AuthModule writes is committed or
 * rolled back with it. Throws TypeError when the EntityManager has no open transaction, or has none any more when it is used.
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
  const queryRunner = (manager as EntityManager | undefined)?.queryRunner;
  if (!queryRunner?.isTransactionActive) {
    throw new HostTransactionError('"manager" must be the EntityManager of an open transaction');
  }
  // SQLite has no booleans.
  const isSqlite = dataSourceOf(manager).options.type === 'better-sqlite3';
  return {
    async query(text, params) {
      // Outside it, each statement would commit by itself.
      if (!queryRunner.isTransactionActive)
        throw new HostTransactionError(
          '"transaction" must be of an open transaction (got one that has ended)',
        );
      const bound = params.map((value) => (isSqlite && typeof value === 'boolean' ? Number(value) : value));
      const result = (await queryRunner.query(text, bound, true)) as StructuredResult;
      return { rows: result.records ?? [], affected: result.affected ?? 0 };
    },
  };
}
