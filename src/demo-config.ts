import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outboxFolder } from './mail/outbox.js';

const SECRET_FILE = 'var/auth-secret';
const SQLITE_FILE = 'var/demo.sqlite';
/** The issuer of the tokens. It does not follow HOST and PORT, because signing keys are encrypted for it. */
const ISSUER = 'http://127.0.0.1:3000';

/** The demo's configuration, from the environment. */
export interface DemoConfig {
  readonly host: string;
  readonly port: number;
  readonly adapter: 'express' | 'fastify';
  readonly database: {
    readonly type: 'better-sqlite3' | 'postgres' | 'mysql' | 'mariadb';
    readonly url: string;
  };
  /** Null: the demo uses no Redis. */
  readonly redisUrl: string | null;
  readonly secret: string;
  /** The folder that mails are written to. */
  readonly outbox: string;
  readonly issuer: string;
  /** Origins of the demo's own pages, beside the issuer's. */
  readonly trustedOrigins: readonly string[];
  /** The folder of the built page (`scripts/build-page.mjs`). */
  readonly page: string;
}

export function demoConfig(env: NodeJS.ProcessEnv): DemoConfig {
  const host = env['HOST'] ?? '127.0.0.1';
  const port = portOf(env['PORT'] ?? '3000');
  const adapter = env['HTTP_ADAPTER'] ?? 'express';
  if (adapter !== 'express' && adapter !== 'fastify') {
    throw new Error(`HTTP_ADAPTER must be express or fastify (got ${JSON.stringify(adapter)})`);
  }
  const own = new URL(`http://${host.includes(':') ? `[${host}]` : host}:${port}`).origin;
  return {
    host,
    port,
    adapter,
    issuer: env['ISSUER'] ?? ISSUER,
    trustedOrigins: [own],
    database: databaseOf(env['DATABASE_URL']),
    redisUrl: redisOf(env['REDIS_URL']),
    secret: env['AUTH_SECRET'] ?? ownSecret(),
    outbox: outboxFolder(env),
    page: fileURLToPath(new URL('./page/browser/', import.meta.url)),
  };
}

function portOf(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new Error(`PORT must be a number up to 65535 (got ${JSON.stringify(text)})`);
  return Number(text);
}

function databaseOf(url: string | undefined): DemoConfig['database'] {
  if (!url) return sqlite(SQLITE_FILE);
  const scheme = url.slice(0, url.indexOf(':'));
  switch (scheme) {
    case 'postgres':
    case 'postgresql':
      return { type: 'postgres', url };
    case 'mysql':
    case 'mariadb':
      return { type: scheme, url };
    case 'sqlite':
      return sqlite(url.slice('sqlite:'.length).replace(/^\/\//, '') || SQLITE_FILE);
    default:
      throw new Error('DATABASE_URL must begin with postgres://, mysql://, mariadb:// or sqlite:');
  }
}

function redisOf(url: string | undefined): string | null {
  if (!url) return null;
  if (!/^rediss?:\/\//.test(url)) throw new Error('REDIS_URL must begin with redis:// or rediss://');
  return url;
}

function sqlite(file: string): DemoConfig['database'] {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  return { type: 'better-sqlite3', url: file };
}

/** A secret of this checkout, made on the first start. The file appears complete, and only once. */
function ownSecret(): string {
  if (!existsSync(SECRET_FILE)) {
    mkdirSync(dirname(SECRET_FILE), { recursive: true });
    const written = `${SECRET_FILE}-${randomBytes(8).toString('hex')}`;
    writeFileSync(written, randomBytes(48).toString('base64url'), { mode: 0o600, flag: 'wx' });
    try {
      linkSync(written, SECRET_FILE);
    } catch (error) {
      // Another demo process was first: use its secret.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(written);
    }
  }
  return readFileSync(SECRET_FILE, 'utf8');
}
