import { AuthConfigError } from '../../errors/auth-config-error.js';
import type { ListeningPool } from '../drivers/postgres-notifier.js';
import type { SqliteHandle } from '../drivers/sqlite-database.js';

/** A `Pool` of `pg`. */
export interface PgPool {
  readonly totalCount: number;
  connect(): Promise<unknown>;
}
/** A pool of `mysql2` or `mysql2/promise`. */
export interface MysqlPool {
  readonly getConnection: (...values: never[]) => unknown;
}
/** A database of `better-sqlite3`. */
export interface SqliteClient {
  readonly inTransaction: boolean;
  readonly open: boolean;
  prepare(text: string): unknown;
  pragma(text: string): unknown;
}
/** What the application queries its own tables with: a `pg` Pool, a `mysql2` pool or a `better-sqlite3` database. */
export type SqlClient = PgPool | MysqlPool | SqliteClient;

interface PostgresClient extends ListeningPool {
  readonly options: ListeningPool['options'] & { readonly connectionTimeoutMillis?: number };
  connect(): Promise<{ release(error?: Error): void }>;
  on(event: 'error', listener: (error: unknown) => void): void;
}
interface MysqlClient {
  getConnection(done: (error: unknown, connection: unknown) => void): void;
}
/** A client, known by its shape. */
export type KnownClient =
  | { readonly dialect: 'postgres'; readonly pool: PostgresClient }
  | { readonly dialect: 'mysql'; readonly pool: MysqlClient }
  | { readonly dialect: 'sqlite'; readonly handle: SqliteHandle };

type Shape = Readonly<Record<string, unknown>>;

const has = (value: Shape, ...methods: readonly string[]): boolean =>
  methods.every((name) => typeof value[name] === 'function');
const shapeOf = (value: unknown): Shape =>
  (typeof value === 'object' && value !== null) || typeof value === 'function' ? (value as Shape) : {};

/** What others are known by, and what to give in their place. */
const OTHERS: readonly (readonly [is: (value: Shape) => boolean, what: string])[] = [
  [(c) => has(c, 'createQueryRunner'), 'a TypeORM DataSource: use typeOrmStores() of nestjs-aerie/typeorm'],
  [
    (c) => has(c, '$connect', '$disconnect'),
    'a Prisma client: give the pool that its driver adapter is made of',
  ],
  [(c) => has(c, 'selectFrom', 'executeQuery'), 'a Kysely: give the pool that its dialect is made of'],
  [(c) => '$client' in c, 'a Drizzle database: give its $client'],
  [(c) => has(c, 'getRepository', 'authenticate'), 'a Sequelize: make a pool of pg or mysql2 beside it'],
  [(c) => has(c, 'raw', 'transaction') && 'migrate' in c, 'a Knex: make a pool of pg or mysql2 beside it'],
  [(c) => has(c, 'unsafe', 'begin', 'listen'), 'a client of postgres.js: make a Pool of pg beside it'],
  [(c) => has(c, 'getConnection', 'of', 'add'), 'a cluster of pools: give the pool of the primary'],
  [(c) => has(c, 'getConnection', 'escape'), 'a pool of "mysql": use mysql2'],
  [(c) => has(c, 'beginTransaction', 'changeUser'), 'one connection: give the pool'],
  [(c) => has(c, 'connect', 'query', 'end'), 'one connection of pg: give a Pool'],
  [(c) => has(c, 'prepare', 'exec'), 'a database of another driver: use better-sqlite3'],
];

/**
 * Knows a client by its shape: no driver is loaded for it. Throws AuthConfigError for anything else, and for a client that
 * was closed. A client may hold a password, so no error shows it.
 */
export function knownClient(client: unknown): KnownClient {
  const given = shapeOf(client);
  // Before all others: an extended client may still have what a pool has.
  const other = OTHERS.slice(0, 4).find(([is]) => is(given));
  if (other) throw refusal(other[1]);
  if (has(given, 'connect', 'query', 'Client') && 'totalCount' in given && 'options' in given) {
    if (given['ending'] === true || given['ended'] === true) throw refusal('a Pool that was ended');
    return { dialect: 'postgres', pool: client as PostgresClient };
  }
  const pool = has(given, 'promise') ? given : shapeOf(given['pool']);
  const config = shapeOf(shapeOf(pool['config'])['connectionConfig']);
  if (has(pool, 'getConnection', 'promise') && 'clientFlags' in config) {
    if (pool['_closed'] === true) throw refusal('a pool that was ended');
    if (config['queryFormat']) throw refusal('a pool with "queryFormat": leave that option out');
    return { dialect: 'mysql', pool: pool as unknown as MysqlClient };
  }
  if (has(given, 'prepare', 'pragma', 'exec', 'transaction') && typeof given['inTransaction'] === 'boolean') {
    if (given['open'] !== true) throw refusal('a database that was closed');
    if (given['readonly'] === true) throw refusal('a database that was opened to read only');
    return { dialect: 'sqlite', handle: client as SqliteHandle };
  }
  throw refusal(OTHERS.find(([is]) => is(given))?.[1] ?? nameOf(client));
}

const refusal = (got: string): AuthConfigError =>
  new AuthConfigError(
    `"stores.client" must be a Pool of pg, a pool of mysql2 or a database of better-sqlite3 (got ${got})`,
  );

/** Its class alone: its members may be secrets. */
function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  const { name } = (value.constructor ?? {}) as { name?: unknown };
  return typeof name === 'string' && name ? `an object of ${name}` : 'an object';
}
