import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { SqlClient } from '../../sql/clients/sql-client.js';
import { CannotRun, firstLineOf } from '../cannot-run.js';

/** How a database is named on the command line. */
export interface DatabaseUrl {
  readonly url?: string;
  readonly urlEnv?: string;
}

/** The address, from an argument or from the environment; null: none is given. Throws CannotRun. */
export function databaseUrl({ url, urlEnv }: DatabaseUrl): string | null {
  if (url !== undefined && urlEnv !== undefined) throw new CannotRun('give --url or --url-env, not both');
  const found = url ?? (urlEnv === undefined ? undefined : process.env[urlEnv]);
  if (urlEnv !== undefined && !found) throw new CannotRun(`the environment has no variable ${urlEnv}`);
  return found ?? null;
}

/** The same; where none is given, what DATABASE_URL holds. Throws CannotRun. */
export function databaseUrlOrDefault(given: DatabaseUrl): string | null {
  return databaseUrl(given) ?? (process.env['DATABASE_URL'] || null);
}

/** What the scheme of an address says. Throws CannotRun. */
export function dialectOf(url: string): 'postgres' | 'mysql' | 'sqlite' {
  const scheme = /^[a-z0-9]+(?=:)/i.exec(url)?.[0].toLowerCase() ?? '';
  if (scheme === 'postgres' || scheme === 'postgresql') return 'postgres';
  if (scheme === 'mysql' || scheme === 'mariadb') return 'mysql';
  if (scheme === 'sqlite') return 'sqlite';
  throw new CannotRun('the address of the database must begin with postgres:, mysql:, mariadb: or sqlite:');
}

type Driver = Readonly<Record<string, unknown>>;
const CONNECT_MS = 5_000;

/**
 * A client for an address, of the driver that the project in this folder has: pg, mysql2 or better-sqlite3. Nothing is
 * connected yet. `mustExist`: a file of SQLite is not made. Throws CannotRun, which shows nothing of the address but its scheme.
 */
export async function databaseClient(url: string, mustExist = true): Promise<SqlClient> {
  const rest = url.slice(url.indexOf(':') + 1);
  switch (dialectOf(url)) {
    case 'postgres': {
      const { Pool } = await driver('pg');
      const pool = new (
        Pool as new (options: object) => SqlClient & { on(event: string, ignore: () => void): void }
      )({
        connectionString: url,
        connectionTimeoutMillis: CONNECT_MS,
        max: 2,
      });
      pool.on('error', () => {});
      return pool;
    }
    case 'mysql': {
      const { createPool } = await driver('mysql2');
      const options = { uri: `mysql:${rest}`, connectTimeout: CONNECT_MS, connectionLimit: 2 };
      return (createPool as (options: object) => SqlClient)(options);
    }
    case 'sqlite': {
      const { default: Database } = await driver('better-sqlite3');
      const path = rest.replace(/^\/\/(?=.)/, '');
      try {
        return new (Database as new (path: string, options: object) => SqlClient)(path, {
          fileMustExist: mustExist,
        });
      } catch (error) {
        throw new CannotRun(`cannot open the database ${path}: ${firstLineOf(error)}`);
      }
    }
  }
}

async function driver(name: string): Promise<Driver> {
  let path: string;
  try {
    path = createRequire(`${process.cwd()}/`).resolve(name);
  } catch {
    throw new CannotRun(
      `this project has no ${name}: install it, or run the command in the folder of the application`,
    );
  }
  const namespace = (await import(pathToFileURL(path).href)) as { default?: Driver };
  const { default: whole } = namespace;
  // What require() gives: not every name of it is found by import.
  return { ...(typeof whole === 'object' ? whole : {}), ...namespace };
}
