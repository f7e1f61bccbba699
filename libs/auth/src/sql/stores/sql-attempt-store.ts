import {
  type AttemptCount,
  type AttemptCounter,
  type AttemptReturn,
  AttemptStore,
} from '../../attempts/attempt-store.js';
import type { SqlDatabase, SqlTransaction } from '../database/sql-database.js';
import { list, type SqlTable } from '../database/sql-table.js';
import { type Sql, sql, type SqlRow } from '../database/sql.js';
import { type AttemptRow, ATTEMPTS } from '../tables/attempt.table.js';

/**
 * AttemptStore in SQL: one upsert for all counters of a try. The rows are written in the order that the caller gives, which is
 * that of their ids: tries at once do not wait for each other in a circle.
 */
export class SqlAttemptStore extends AttemptStore {
  private readonly attempts: SqlTable<AttemptRow>;

  constructor(private readonly database: SqlDatabase) {
    super();
    this.attempts = database.table(ATTEMPTS);
  }

  async take(counters: readonly AttemptCounter[]): Promise<readonly AttemptCount[]> {
    const { dialect } = this.database;
    const { column: c } = this.attempts;
    const taken = sql`${c.id} as id, ${c.used} as used, ${c.endsAt} as ends_at, ${c.endsAt} - ${dialect.nowMs} as ends_in`;
    const rows =
      dialect.name === 'mysql'
        ? await this.database.transaction(() => this.taking(counters, taken))
        : (await this.database.run(sql`${this.upsert(counters)} returning ${taken}`)).rows;
    const byId = new Map(rows.map((row) => [row['id'], row]));
    return counters.map(({ id }) => countOf(byId.get(id)!));
  }

  async giveBack(returns: readonly AttemptReturn[]): Promise<void> {
    const { name, column: c } = this.attempts;
    const { dialect } = this.database;
    // The `used` of a row that is written says how much goes back: 0 stands for everything.
    const rows = returns.map(({ id, window, units }) => sql`(${id}, ${units === 'all' ? 0 : 1}, ${window})`);
    const values = sql`(${c.id}, ${c.used}, ${c.endsAt}) values ${joined(rows)}`;
    const less = (own: Sql, given: Sql): Sql =>
      sql`case when ${given} = 0 then 0 else ${dialect.greatest}(${own} - 1, 0) end`;
    await this.database.run(
      dialect.name === 'mysql'
        ? sql`insert into ${name} ${values} on duplicate key update
          ${c.used} = case when ${c.endsAt} = values(${c.endsAt}) then ${less(c.used, sql`values(${c.used})`)} else ${c.used} end`
        : sql`insert into ${name} as t ${values} on conflict (${c.id}) do update
          set ${c.used} = ${less(sql`t.${c.used}`, sql`excluded.${c.used}`)} where t.${c.endsAt} = excluded.${c.endsAt}`,
    );
  }

  async sweep(limit: number): Promise<number> {
    const { name, column } = this.attempts;
    const statement = this.database.dialect.deletePast(name, column.id, column.endsAt, limit);
    return (await this.database.run(statement)).affected;
  }

  /** MySQL returns no rows of an upsert: they stay locked until they are read. */
  private *taking(counters: readonly AttemptCounter[], taken: Sql): SqlTransaction<readonly SqlRow[]> {
    yield this.upsert(counters);
    const { name, column } = this.attempts;
    const ids = list(counters.map(({ id }) => id));
    return (yield sql`select ${taken} from ${name} where ${column.id} in (${ids})`).rows;
  }

  private upsert(counters: readonly AttemptCounter[]): Sql {
    const { name, column: c } = this.attempts;
    const { nowMs, name: dialect } = this.database.dialect;
    const rows = counters.map(({ id, windowMs }) => sql`(${id}, 1, ${nowMs} + ${Math.ceil(windowMs)})`);
    const values = sql`(${c.id}, ${c.used}, ${c.endsAt}) values ${joined(rows)}`;
    // `used` first: MySQL reads the new value of a column that was set before.
    if (dialect === 'mysql')
      return sql`insert into ${name} ${values} on duplicate key update
        ${c.used} = case when ${c.endsAt} <= ${nowMs} then 1 else ${c.used} + 1 end,
        ${c.endsAt} = case when ${c.endsAt} <= ${nowMs} then values(${c.endsAt}) else ${c.endsAt} end`;
    return sql`insert into ${name} as t ${values} on conflict (${c.id}) do update set
      ${c.used} = case when t.${c.endsAt} <= ${nowMs} then 1 else t.${c.used} + 1 end,
      ${c.endsAt} = case when t.${c.endsAt} <= ${nowMs} then excluded.${c.endsAt} else t.${c.endsAt} end`;
  }
}

const joined = (rows: readonly Sql[]): Sql => rows.reduce((all, row) => sql`${all}, ${row}`);

const countOf = (row: SqlRow): AttemptCount => ({
  used: Number(row['used']),
  endsInMs: Number(row['ends_in']),
  window: Number(row['ends_at']),
});
