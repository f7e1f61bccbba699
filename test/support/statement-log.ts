import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import type { Logger } from 'typeorm';
import { testConnection } from './test-databases.js';

/** Whether a statement is the feed's: sent by the clock, and by no request. */
export const isPoll = (query: string): boolean => query.trim().startsWith('select n.now as now');

/** Keeps every statement that is sent to the database, with its parameters; those of the feed only if asked to. */
export class StatementLog implements Logger {
  readonly statements: { readonly query: string; readonly parameters: readonly unknown[] }[] = [];

  constructor(private readonly polls = false) {}

  logQuery(query: string, parameters: readonly unknown[] = []): void {
    if (!this.polls && isPoll(query)) return;
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
