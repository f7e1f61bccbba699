import { Logger } from '@nestjs/common';
import { AuthError, StoreUnavailableError } from '../../errors/auth-error.js';
import { type Dialect, SQLITE } from '../database/dialect.js';
import { failureText } from '../database/failure-text.js';
import type { ServerDriver } from '../database/server-database.js';
import type { Sql, SqlRow, SqlValue } from '../database/sql.js';
import { SqlDatabase, type SqlResult, type SqlTransaction } from '../database/sql-database.js';
import type { SqlTable } from '../database/sql-table.js';
import type { TableDefinition } from '../database/table-definition.js';

interface SqliteStatement {
  readonly reader: boolean;
  all(...values: unknown[]): SqlRow[];
  run(...values: unknown[]): { changes: number };
  safeIntegers(toggle: boolean): unknown;
}
/** The little of better-sqlite3's database that we use. */
export interface SqliteHandle {
  readonly inTransaction: boolean;
  prepare(text: string): SqliteStatement;
  transaction<T>(body: () => T): { immediate(): T };
  pragma(text: string, options?: { readonly simple: boolean }): unknown;
  exec(text: string): unknown;
}

/** What the host's connection adds. */
export interface SqliteHost extends Pick<ServerDriver, 'table'> {
  /** The open database. Throws when there is none. */
  open(): SqliteHandle;
  /** The host's own log of statements. */
  readonly log: Pick<ServerDriver['log'], 'query'>;
}

const BUSY_PAUSE_MS = 4;

/**
 * SQLite through better-sqlite3. A process has one connection, which all requests share: a statement sent
 * while another request has a transaction open would be rolled back with it. So we wait until none is open, then
 * do everything in a single turn of the event loop. Other processes may write to the same file: while one does, we try
 * again between the turns.
 */
export class SqliteDatabase extends SqlDatabase {
  readonly dialect: Dialect = SQLITE;
  private readonly logger = new Logger('AuthModule');
  private readonly prepared = new Map<string, SqliteStatement>();
  private preparedOn: SqliteHandle | undefined;
  /** How long the host lets its connection wait for other processes. */
  private hostWaitMs = 0;

  constructor(
    private readonly host: SqliteHost,
    private readonly deadlineMs: number,
  ) {
    super();
  }

  table<Row extends object>(definition: TableDefinition<Row>): SqlTable<Row> {
    return this.host.table(definition);
  }

  run(statement: Sql): Promise<SqlResult> {
    return this.whenFree((handle) => this.send(handle, statement));
  }

  transaction<T>(body: () => SqlTransaction<T>): Promise<T> {
    return this.whenFree((handle) =>
      handle
        .transaction(() => {
          const steps = body();
          let step = steps.next();
          while (!step.done) step = steps.next(this.send(handle, step.value));
          return step.value;
        })
        .immediate(),
    );
  }

  private handle(): SqliteHandle {
    const handle = this.host.open();
    if (this.preparedOn !== handle) {
      this.prepared.clear();
      this.hostWaitMs = Number(handle.pragma('busy_timeout', { simple: true }));
      this.preparedOn = handle;
    }
    return handle;
  }

  private async whenFree<T>(work: (handle: SqliteHandle) => T): Promise<T> {
    try {
      const start = performance.now();
      for (;;) {
        const handle = this.handle();
        const own = handle.inTransaction;
        try {
          if (!own) return this.withoutWaiting(handle, () => work(handle));
        } catch (error) {
          if (!isBusy(error)) throw error;
        }
        if (performance.now() - start > this.deadlineMs) {
          const whose = own ? '' : ' by another process';
          throw new Error(`another transaction was open${whose} for ${this.deadlineMs} ms`);
        }
        // Spread, so that processes that write all the time do not miss each other's gaps.
        await new Promise((next) =>
          own ? setImmediate(next) : setTimeout(next, Math.random() * BUSY_PAUSE_MS),
        );
      }
    } catch (error) {
      if (error instanceof AuthError) throw error;
      this.logger.error(`the database failed: ${failureText(error)}`);
      throw new StoreUnavailableError({ cause: error });
    }
  }

  /**
   * The connection's own wait for another process (`timeout`, 5 s by default) stops this whole process: no timer, no
   * deadline, and requests that arrive meanwhile look younger than they are. The host has it back when we are done.
   */
  private withoutWaiting<T>(handle: SqliteHandle, work: () => T): T {
    handle.exec('PRAGMA busy_timeout = 0');
    try {
      return work();
    } finally {
      handle.exec(`PRAGMA busy_timeout = ${this.hostWaitMs}`);
    }
  }

  private send(handle: SqliteHandle, statement: Sql): SqlResult {
    const text = statement.text(this.dialect.placeholder);
    this.host.log.query(text, statement.values);
    return runPrepared(this.prepare(handle, text), statement.values);
  }

  private prepare(handle: SqliteHandle, text: string): SqliteStatement {
    let prepared = this.prepared.get(text);
    if (!prepared) {
      prepared = handle.prepare(text);
      // Whatever the host's default is: our instants and counters are numbers.
      prepared.safeIntegers(false);
      this.prepared.set(text, prepared);
    }
    return prepared;
  }
}

/** SQLite has no booleans. */
export function runPrepared(prepared: SqliteStatement, values: readonly SqlValue[]): SqlResult {
  const bound = values.map((value) => (typeof value === 'boolean' ? Number(value) : value));
  if (prepared.reader) return { rows: prepared.all(...bound), affected: 0 };
  return { rows: [], affected: prepared.run(...bound).changes };
}

/** Another process has the file locked, or the host a cursor open on the handle: nothing of ours was done. */
function isBusy(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return (
    String(code).startsWith('SQLITE_BUSY') || /connection is busy executing a query/.test(String(message))
  );
}
