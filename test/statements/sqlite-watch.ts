import { createRequire } from 'node:module';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { testConnection } from '../support/test-databases.js';
import { isPoll } from '../support/statement-log.js';
import type { DriverWatch } from './driver-watch.js';

interface Handle {
  readonly inTransaction: boolean;
}
const Database = createRequire(import.meta.url)('better-sqlite3') as new (
  path: string,
  options: object,
) => Handle;

/** SQLite through a better-sqlite3 that tells of every statement it executes, begin and commit included. */
export function sqliteWatch(changes: object = {}): DriverWatch {
  const statements: string[] = [];
  const opened: Handle[] = [];
  const driver = function (path: string, options: object): object {
    // How long the handle may wait for others is a setting of this process: nothing is asked of the file.
    const verbose = (text: string): void =>
      void (/^pragma busy_timeout/i.test(text) || isPoll(text) || statements.push(text));
    const handle = new Database(path, { ...options, verbose });
    opened.push(handle);
    return handle;
  };
  return {
    connection: { ...testConnection('sqlite'), driver, ...changes } as TypeOrmModuleOptions,
    statements,
    busy: () => opened.flatMap(({ inTransaction }) => (inTransaction ? ['in a transaction'] : [])),
  };
}
