// The floor: one UPDATE of one column by primary key, in a table with the rows and indexes of the families' own.
import pg from 'pg';
import { POSTGRES_URL } from '../lib/postgres.mjs';

/** Copies the families into a table of its own, with a column to count in. */
export async function bareUpdate(prefix, callers) {
  const pool = new pg.Pool({ connectionString: POSTGRES_URL, max: callers });
  const families = `"${prefix}auth_refresh_token_family"`;
  const table = `"${prefix}bare"`;
  await pool.query(`create table ${table} (like ${families} including all, x int not null default 0)`);
  await pool.query(`insert into ${table} select * from ${families}`);
  const text = `update ${table} set x = x + 1 where id = $1 returning x`;
  const update = async (query) => {
    const { rowCount } = await pool.query(query);
    if (rowCount !== 1) throw new Error('the row was not updated');
  };
  return {
    step: (family) => update({ text, values: [family.id] }),
    prepared: (family) => update({ name: 'bare', text, values: [family.id] }),
    close: () => pool.end(),
  };
}
