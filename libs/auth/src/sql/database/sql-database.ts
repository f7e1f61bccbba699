import { StoreUnavailableError } from '../../errors/auth-error.js';
import type { Dialect } from './dialect.js';
import type { SqlTable } from './sql-table.js';
import type { Sql, SqlRow } from './sql.js';

export interface SqlResult {
  readonly rows: readonly SqlRow[];
  /** Rows that a write matched. */
  readonly affected: number;
}

/**
 * The body of a transaction: a generator that yields statements and receives their results. Written once, it runs
 * asynchronously on PostgreSQL and MariaDB, and without ever leaving the event loop's turn on SQLite, where all
 * requests share one connection. It holds no call into the host's code: there is nothing it could await.
 */
export type SqlTransaction<T> = Generator<Sql, T, SqlResult>;

/**
 * The deadline of a transaction that ends everything of a subject. Who holds a password can open sign-ins without end:
 * that must not keep anybody from ending them.
 */
export const MANY_ROWS_MS = 30_000;

/** How one transaction differs from the others. */
export interface TransactionRules {
  /** For one that changes many rows. Default: the deadline of every call. */
  readonly deadlineMs?: number;
  /** Which failures the caller expects: they are not logged. */
  readonly expects?: (error: unknown) => boolean;
}

/** A transaction that the host has open: its EntityManager, whose query runner we join. */
export interface HostTransaction {
  readonly queryRunner?: {
    readonly isTransactionActive: boolean;
    query(text: string, parameters: unknown[], structured: true): Promise<unknown>;
  };
}

/**
 * The database under the stores. Every call goes to the primary, on a connection of its own (SQLite: in a turn of
 * its own), has a deadline, and retries serialization failures and deadlocks a bounded number of times.
 * Throws StoreUnavailableError, and nothing else, when the database does not do what was asked.
 */
export abstract class SqlDatabase {
  abstract readonly dialect: Dialect;

  /** Names of an entity's table and columns, as the host's connection maps them. */
  abstract table<E extends object>(entity: new () => E): SqlTable<E>;

  /** One statement that commits by itself. */
  abstract run(statement: Sql): Promise<SqlResult>;

  /** A transaction at READ COMMITTED. `body` is called again for a retry, so it must not have effects of its own. */
  abstract transaction<T>(body: () => SqlTransaction<T>, rules?: TransactionRules): Promise<T>;

  /**
   * Runs a body inside a transaction that the host commits or rolls back: on its connection, without a deadline of
   * ours. Throws TypeError when there is no open transaction.
   */
  async within<T>(host: HostTransaction, body: () => SqlTransaction<T>): Promise<T> {
    if (!host.queryRunner?.isTransactionActive) {
      throw new TypeError('"manager" must be the EntityManager of an open transaction');
    }
    try {
      return await this.joined(host.queryRunner, body);
    } catch (cause) {
      throw new StoreUnavailableError({ cause });
    }
  }

  protected abstract joined<T>(
    runner: NonNullable<HostTransaction['queryRunner']>,
    body: () => SqlTransaction<T>,
  ): Promise<T>;
}
