import { Logger } from '@nestjs/common';
import type { DataSource, QueryRunner } from 'typeorm';
import { AuthError, StoreUnavailableError } from '../errors/auth-error.js';
import {
  AuthDatabase,
  type HostTransaction,
  type SqlResult,
  type SqlRow,
  type SqlTransaction,
} from './auth-database.js';
import type { Dialect } from './dialect.js';
import type { EntityTable } from './entity-table.js';
import type { Sql } from './sql.js';
import { isTransient } from './transient-error.js';
import { entityTable } from './typeorm-entity-table.js';

const MAX_TRIES = 6;

interface StructuredResult {
  readonly records?: SqlRow[];
  readonly affected?: number;
}

/** What differs between PostgreSQL and MariaDB/MySQL beside the dialect. */
export interface ServerDriver {
  readonly dialect: Dialect;
  /** Statements that open a transaction at READ COMMITTED, whatever the host's default is. */
  readonly begin: readonly string[];
  /** Cuts a connection at once, so that the pool throws it away. */
  sever(connection: unknown): void;
}

/** PostgreSQL, MariaDB and MySQL: a pooled connection of the primary for every call, a deadline on all of them. */
export class TypeOrmServerDatabase extends AuthDatabase {
  readonly dialect: Dialect;
  private readonly logger = new Logger('AuthModule');

  constructor(
    private readonly source: DataSource,
    private readonly driver: ServerDriver,
    private readonly deadlineMs: number,
  ) {
    super();
    this.dialect = driver.dialect;
  }

  table<E extends object>(entity: new () => E): EntityTable<E> {
    return entityTable(this.source, entity);
  }

  run(statement: Sql): Promise<SqlResult> {
    return this.withConnection((runner) => this.send(runner, statement));
  }

  transaction<T>(body: () => SqlTransaction<T>): Promise<T> {
    return this.withConnection(async (runner, sever) => {
      for (const statement of this.driver.begin) await runner.query(statement);
      try {
        const value = await this.drive(body(), (statement) => this.send(runner, statement));
        await runner.query('commit');
        return value;
      } catch (error) {
        // A rollback that fails leaves the connection in an unknown state: nobody may use it again.
        await runner.query('rollback').catch(sever);
        throw error;
      }
    });
  }

  within<T>(host: HostTransaction, body: () => SqlTransaction<T>): Promise<T> {
    return this.drive(body(), (statement) => this.send(host.queryRunner as QueryRunner, statement));
  }

  private async drive<T>(body: SqlTransaction<T>, send: (statement: Sql) => Promise<SqlResult>): Promise<T> {
    let step = body.next();
    while (!step.done) step = body.next(await send(step.value));
    return step.value;
  }

  private async send(runner: QueryRunner, statement: Sql): Promise<SqlResult> {
    const text = statement.text(this.dialect.placeholder);
    const result = (await runner.query(text, [...statement.values], true)) as unknown as StructuredResult;
    return { rows: result.records ?? [], affected: result.affected ?? 0 };
  }

  /** Runs `work` on a connection of its own until it succeeds, fails for good, or the deadline passes. */
  private withConnection<T>(work: (runner: QueryRunner, sever: () => void) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let expired = false;
      let connection: unknown;
      const refuse = (cause: unknown): void => {
        if (cause instanceof AuthError) return reject(cause);
        this.logger.error(
          `the database did not answer: ${cause instanceof Error ? cause.message : 'unknown'}`,
        );
        reject(new StoreUnavailableError({ cause }));
      };
      const sever = (): void => {
        if (connection) this.driver.sever(connection);
      };
      const timer = setTimeout(() => {
        expired = true;
        sever();
        refuse(new Error(`no answer within ${this.deadlineMs} ms`));
      }, this.deadlineMs);

      const attempt = async (): Promise<T> => {
        const runner = this.source.createQueryRunner('master');
        try {
          connection = await runner.connect();
          if (expired) throw new Error('the deadline passed while waiting for a connection');
          return await work(runner, sever);
        } finally {
          connection = undefined;
          await runner.release();
        }
      };
      const tries = async (): Promise<T> => {
        for (let tried = 1; ; tried++) {
          try {
            return await attempt();
          } catch (error) {
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
