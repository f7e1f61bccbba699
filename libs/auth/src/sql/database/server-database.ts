import { Logger } from '@nestjs/common';
import { AuthError, StoreUnavailableError } from '../../errors/auth-error.js';
import { NothingDone, repeatable } from './connection-lost.js';
import { ConnectionSemaphore } from './connection-semaphore.js';
import type { Dialect } from './dialect.js';
import { failureText } from './failure-text.js';
import { IdleConnections } from './idle-connections.js';
import type { Sql, SqlValue } from './sql.js';
import {
  driven,
  SqlDatabase,
  type SqlResult,
  type SqlTransaction,
  type TransactionRules,
} from './sql-database.js';
import type { SqlTable } from './sql-table.js';
import type { TableDefinition } from './table-definition.js';
import { isTransient } from './transient-error.js';
import { isUniqueViolation } from './unique-violation.js';

const MAX_TRIES = 6;
/** More than a pool has connections: who could be given one never waits for others of ours. */
const ASKING = 100;

/** A connection of the primary, taken from a pool. */
export interface ServerConnection {
  /** The driver's own connection: the same object whenever the pool hands it out. */
  readonly pooled: object;
  query(text: string, values: readonly SqlValue[]): Promise<SqlResult>;
  release(): void;
  /** Cuts the connection at once, so that the pool throws it away and no caller waits for its answer. */
  sever(): void;
  /** What to send on another connection so that the server gives up the statement under way here, too. */
  readonly cancellation: Sql | undefined;
}

/** What differs between PostgreSQL and MariaDB/MySQL beside the dialect. */
export interface ServerDriver {
  readonly dialect: Dialect;
  /** Statements that open a transaction at READ COMMITTED, whatever the host's default is. */
  readonly begin: readonly string[];
  connect(): Promise<ServerConnection>;
  table<Row extends object>(definition: TableDefinition<Row>): SqlTable<Row>;
  /** The host's own log of statements. */
  readonly log: {
    query(text: string, values: readonly SqlValue[]): void;
    failure(error: unknown, text: string, values: readonly SqlValue[]): void;
  };
}

/** PostgreSQL, MariaDB and MySQL: a pooled connection of the primary for every call, a deadline on all of them. */
export class ServerDatabase extends SqlDatabase {
  readonly dialect: Dialect;
  private readonly logger = new Logger('AuthModule');
  private readonly line = new ConnectionSemaphore(ASKING);
  private readonly idle = new IdleConnections();

  constructor(
    private readonly driver: ServerDriver,
    private readonly deadlineMs: number,
  ) {
    super();
    this.dialect = driver.dialect;
  }

  table<Row extends object>(definition: TableDefinition<Row>): SqlTable<Row> {
    return this.driver.table(definition);
  }

  run(statement: Sql): Promise<SqlResult> {
    const send = (connection: ServerConnection): Promise<SqlResult> => this.send(connection, statement);
    const reads = /^\s*select\b/i.test(statement.texts[0] ?? '');
    return this.withConnection(reads ? (connection) => repeatable(() => send(connection)) : send);
  }

  transaction<T>(body: () => SqlTransaction<T>, rules: TransactionRules = {}): Promise<T> {
    return this.withConnection(async (connection) => {
      await repeatable(() => this.begin(connection));
      try {
        const value = await driven(body(), (statement) => this.send(connection, statement));
        await this.query(connection, 'commit', []);
        return value;
      } catch (error) {
        // A failed rollback leaves the connection in an unknown state: it must not be used again.
        await this.query(connection, 'rollback', []).catch(() => connection.sever());
        throw error;
      }
    }, rules);
  }

  private async begin(connection: ServerConnection): Promise<void> {
    for (const statement of this.driver.begin) await this.query(connection, statement, []);
  }

  private send(connection: ServerConnection, statement: Sql): Promise<SqlResult> {
    return this.query(connection, statement.text(this.dialect.placeholder), statement.values);
  }

  /** Past an ORM's bookkeeping, which costs as much as the statement; the host's log hears of it all the same. */
  private async query(
    connection: ServerConnection,
    text: string,
    values: readonly SqlValue[],
  ): Promise<SqlResult> {
    this.driver.log.query(text, values);
    try {
      return await connection.query(text, values);
    } catch (error) {
      // What is tried again, or told to the caller as a refusal, is no error of the host's.
      if (!isTransient(error) && !isUniqueViolation(error)) this.driver.log.failure(error, text, values);
      throw error;
    }
  }

  /**
   * Cuts a connection, and has the server give up what it was doing there: a statement that waits for a lock would be
   * carried out when the lock comes free, long after its caller was told that nothing happened.
   */
  private abandon(connection: ServerConnection): void {
    const { cancellation } = connection;
    connection.sever();
    if (!cancellation) return;
    const cancel = async (): Promise<void> => {
      const other = await this.driver.connect();
      await this.send(other, cancellation).finally(() => other.release());
    };
    // When this cannot be sent either, the server is away, and so is the statement.
    cancel().catch(() => undefined);
  }

  /** Runs `work` on a connection of its own until it succeeds, fails for good, or the deadline passes. */
  private withConnection<T>(
    work: (connection: ServerConnection) => Promise<T>,
    { deadlineMs = this.deadlineMs, expects }: TransactionRules = {},
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let expired = false;
      let connection: ServerConnection | undefined;
      let leave = (): void => undefined;
      const refuse = (cause: unknown): void => {
        if (cause instanceof AuthError) return reject(cause);
        if (!expects?.(cause)) this.logger.error(`the database failed: ${failureText(cause)}`);
        reject(new StoreUnavailableError({ cause }));
      };
      const timer = setTimeout(() => {
        expired = true;
        leave();
        if (connection) this.abandon(connection);
        refuse(new Error(`no answer within ${deadlineMs} ms`));
      }, deadlineMs);

      const attempt = async (): Promise<T> => {
        const connect = (): Promise<ServerConnection> => this.driver.connect();
        const taken = await this.line.pass(connect, (given) => (leave = given));
        connection = taken;
        const reused = this.idle.isReused(taken.pooled);
        try {
          if (expired) throw new Error('the deadline passed while waiting for a connection');
          await this.idle.check(taken.pooled, () => this.query(taken, 'select 1', []));
          return await work(taken);
        } catch (error) {
          if (!(error instanceof NothingDone)) throw error;
          taken.sever();
          // A fresh connection that breaks is an outage. Of the others, a pool has so many.
          throw reused ? error : error.cause;
        } finally {
          connection = undefined;
          this.idle.used(taken.pooled);
          taken.release();
        }
      };
      const tries = async (): Promise<T> => {
        for (let tried = 1; ; tried++) {
          try {
            return await attempt();
          } catch (error) {
            if (error instanceof NothingDone && !expired) continue;
            if (expired || tried >= MAX_TRIES || !isTransient(error)) throw error;
            await new Promise((wait) => setTimeout(wait, Math.random() * 5 * tried));
          }
        }
      };
      tries()
        .then(resolve, (error: unknown) => {
          if (!expired) refuse(error);
        })
        .finally(() => clearTimeout(timer));
    });
  }
}
