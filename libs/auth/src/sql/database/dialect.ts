import { type Sql, sql, trustedSql, NO_SQL } from './sql.js';

/** Where the databases differ, for the few statements we send. */
export interface Dialect {
  readonly name: 'postgres' | 'mysql' | 'sqlite';
  placeholder(index: number): string;
  /** The database's clock in epoch milliseconds when the statement arrived: a wait for a lock does not move it. */
  readonly nowMs: Sql;
  /** The database's clock when the row is written, where the database can tell. */
  readonly writtenMs: Sql;
  /** Appended to a SELECT: rows stay as they are until the transaction ends. */
  readonly forUpdate: Sql;
  readonly forShare: Sql;
  readonly least: Sql;
  readonly greatest: Sql;
  /** An INSERT that leaves an existing row alone; `key` is a column of the primary key. */
  insertIfAbsent(insert: Sql, key: Sql): Sql;
  /**
   * Deletes at most `limit` rows whose `instant` passed more than `agoMs` ago (default 0), the oldest first, skipping rows
   * that others hold where the database can. The order is what keeps it on the index of `instant`: without it a planner
   * that sees many such rows reads the table from its beginning, through all that was deleted there before.
   */
  deletePast(table: Sql, key: Sql, instant: Sql, limit: number, agoMs?: number): Sql;
}

const PG_STATEMENT = trustedSql('(extract(epoch from statement_timestamp()) * 1000)::bigint');
const PG_CLOCK = trustedSql('(extract(epoch from clock_timestamp()) * 1000)::bigint');
// Not unix_timestamp(): it is an hour off in the repeated hour of a DST zone.
const MYSQL_NOW = trustedSql(
  "(timestampdiff(microsecond, '1970-01-01 00:00:00', utc_timestamp(6)) div 1000)",
);
// utc_timestamp() stands still from the statement's arrival on; sysdate() does not.
const MYSQL_WRITTEN = sql`(${MYSQL_NOW} + timestampdiff(microsecond, now(6), sysdate(6)) div 1000)`;
const SQLITE_NOW = trustedSql("cast(unixepoch('now', 'subsec') * 1000 as integer)");

export const POSTGRES: Dialect = {
  name: 'postgres',
  placeholder: (index) => `$${index + 1}`,
  nowMs: PG_STATEMENT,
  writtenMs: PG_CLOCK,
  forUpdate: trustedSql(' for update'),
  forShare: trustedSql(' for share'),
  least: trustedSql('least'),
  greatest: trustedSql('greatest'),
  insertIfAbsent: (insert) => sql`${insert} on conflict do nothing`,
  // An array, and a limit in the text: a plan for any list and any limit may read the whole table.
  deletePast: (table, key, instant, limit, agoMs = 0) =>
    sql`delete from ${table} where ${key} = any(array(select ${key} from ${table} where ${instant} < ${PG_STATEMENT} - ${trustedSql(String(agoMs))}
      order by ${instant} limit ${trustedSql(String(limit))} for update skip locked))`,
};

export const MYSQL: Dialect = {
  name: 'mysql',
  placeholder: () => '?',
  nowMs: MYSQL_NOW,
  writtenMs: MYSQL_WRITTEN,
  forUpdate: trustedSql(' for update'),
  forShare: trustedSql(' lock in share mode'),
  least: trustedSql('least'),
  greatest: trustedSql('greatest'),
  insertIfAbsent: (insert, key) => sql`${insert} on duplicate key update ${key} = ${key}`,
  deletePast: (table, _key, instant, limit, agoMs = 0) =>
    sql`delete from ${table} where ${instant} < ${MYSQL_NOW} - ${agoMs} order by ${instant} limit ${limit}`,
};

export const SQLITE: Dialect = {
  name: 'sqlite',
  placeholder: () => '?',
  nowMs: SQLITE_NOW,
  writtenMs: SQLITE_NOW,
  forUpdate: NO_SQL,
  forShare: NO_SQL,
  least: trustedSql('min'),
  greatest: trustedSql('max'),
  insertIfAbsent: (insert) => sql`${insert} on conflict do nothing`,
  deletePast: (table, key, instant, limit, agoMs = 0) =>
    sql`delete from ${table} where ${key} in (select ${key} from ${table} where ${instant} < ${SQLITE_NOW} - ${agoMs} order by ${instant} limit ${limit})`,
};
