import { createRequire } from 'node:module';

/** better-sqlite3 12 can end a process on Node.js 24; 13 needs Node-API 10 (Node.js 22.14). TypeORM 1 takes either. */
export function sqliteDriver(): unknown {
  const name = Number(process.versions.napi) >= 10 ? 'better-sqlite3-13' : 'better-sqlite3';
  return createRequire(import.meta.url)(name);
}
