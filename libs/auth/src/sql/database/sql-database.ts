import { StoreUnavailableError } from '../../errors/auth-error.js';
import type { Dialect } from './dialect.js';
import type { SqlTable } from './sql-table.js';
import type { Sql, SqlRow, SqlValue } from './sql.js';
import type { TableDefinition } from './table-definition.js';

/** What a statement gave. */
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

/**
 * A transaction that the application has open, for a change that is to be committed or rolled back with its own. The door
 * of the stores makes it, as `hostTransaction(manager)` of `nestjs-aerie/typeorm` does.
 */
export interface HostTransaction {
  /** Sends one statement on the transaction's connection. `affected`: rows that a write matched. */
  query(text: string, params: readonly SqlValue[]): Promise<SqlResult>;
  /** An EntityManager is no HostTransaction: `hostTransaction(manager)` makes one of it. */
  readonly queryRunner?: never;
}

/** A mistake in the application's HostTransaction: no outage, and nothing to try again. */
export class HostTransactionError extends TypeError {}

/**
 * The database under the stores. Every call goes to the primary, on a connection of its own (SQLite: in a turn of
 * its own), has a deadline, and retries serialization failures and deadlocks a bounded number of times.
 * Throws StoreUnavailableError, and nothing else, when the database does not do what was asked.
 */
export abstract class SqlDatabase {
  abstract readonly dialect: Dialect;

  /** The names of a table and its columns, as the host's connection maps them. */
  abstract table<Row extends object>(definition: TableDefinition<Row>): SqlTable<Row>;

  /** One statement that commits by itself. */
  abstract run(statement: Sql): Promise<SqlResult>;

  /** A transaction at READ COMMITTED. `body` is called again for a retry, so it must not have effects of its own. */
  abstract transaction<T>(body: () => SqlTransaction<T>, rules?: TransactionRules): Promise<T>;

  /** Runs a body inside a transaction that the host commits or rolls back: on its connection, without a deadline of ours. */
  async within<T>(host: HostTransaction, body: () => SqlTransaction<T>): Promise<T> {
    try {
      return await driven(body(), async (statement) =>
        resultOf(await host.query(statement.text(this.dialect.placeholder), statement.values)),
      );
    } catch (cause) {
      if (cause instanceof HostTransactionError) throw cause;
      throw new StoreUnavailableError({ cause });
    }
  }
}

/** What a host's `query` gave, checked: an EntityManager has a `query`, too, which gives something else. */
function resultOf(given: unknown): SqlResult {
  const { rows, affected } = (given ?? {}) as Record<string, unknown>;
  if (!Array.isArray(rows) || typeof affected !== 'number')
    throw new HostTransactionError(
      '"transaction" must be a HostTransaction, such as hostTransaction(manager)',
    );
  return given as SqlResult;
}

/** Carries a transaction's body out, each statement by `send`. */
export async function driven<T>(
  body: SqlTransaction<T>,
  send: (statement: Sql) => Promise<SqlResult>,
): Promise<T> {
  let step = body.next();
  while (!step.done) step = body.next(await send(step.value));
  return step.value;
}
