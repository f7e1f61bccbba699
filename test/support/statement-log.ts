import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import type { Logger } from 'typeorm';
import { testConnection } from './test-databases.js';

/** Keeps every statement that is sent to the database, with its parameters. */
export class StatementLog implements Logger {
  readonly statements: { readonly query: string; readonly parameters: readonly unknown[] }[] = [];

  logQuery(query: string, parameters: readonly unknown[] = []): void {
    this.statements.push({ query, parameters });
  }
  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}

  connection(): TypeOrmModuleOptions {
    return { ...testConnection('sqlite'), logging: true, logger: this };
  }

  /** How many statements `work` sent. */
  async count(work: () => Promise<unknown>): Promise<number> {
    const before = this.statements.length;
    await work();
    return this.statements.length - before;
  }
}
