/**
 * What the store of docs/writing-a-store.md does on a database that drops its connections, holds it up or has a backlog. One
 * story to a process, since the process itself may not survive. Copied beside the page's output; prints as JSON what it saw.
 */
import pg from 'pg';
import { openPool } from './pool.js';
import { PostgresStores } from './postgres-stores.js';
import { SCHEMA, sweep, transaction } from './transactions.js';

const url = new URL(process.env.DATABASE_URL);
url.searchParams.set('application_name', process.env.STORY_NAME);
const admin = new pg.Client({ connectionString: process.env.DATABASE_URL });
const pool = openPool(url.href);
const stores = new PostgresStores(pool);

const outcome = (call) =>
  call.then(
    () => 'answered',
    (error) => error.constructor.name,
  );
const terminate = (where = 'true') =>
  admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and ${where}`,
    [process.env.STORY_NAME],
  );
/** Not `once` of node:events, which listens to 'error' too: that would keep the process alive. */
const emitted = (emitter, event) => new Promise((resolve) => emitter.once(event, resolve));
const next = () => outcome(stores.subjects.epochs('next'));

/** Runs a body while somebody else holds the subject's row. */
async function whileLocked(subject, body) {
  await stores.subjects.epochs(subject);
  await admin.query('begin');
  await admin.query('select 1 from subject_epoch where subject = $1 for update', [subject]);
  const seen = await body();
  await admin.query('rollback');
  return seen;
}

const STORIES = {
  async idle() {
    await stores.subjects.epochs('idle');
    const removed = emitted(pool, 'remove');
    await terminate();
    await removed;
    return { next: await next() };
  },

  async 'between statements'() {
    const call = transaction(pool, async (tx) => {
      const ended = emitted(tx, 'end');
      await terminate();
      await ended;
      await tx.query('select 1');
    });
    return { cut: await outcome(call), next: await next() };
  },

  async 'within a statement'() {
    const cut = await whileLocked('within', async () => {
      const call = outcome(stores.registry.endAll('within', 'all_ended'));
      let waiting = { rowCount: 0 };
      while (waiting.rowCount === 0) waiting = await terminate(`wait_event_type = 'Lock'`);
      return call;
    });
    return { cut, next: await next() };
  },

  async 'no answer'() {
    const late = await whileLocked('late', () => outcome(stores.registry.endAll('late', 'all_ended')));
    return { late, next: await next() };
  },

  async 'a backlog'() {
    await admin.query(`insert into sign_in select gen_random_uuid(), 'session', 'backlog', '{}', n
      from generate_series(1, 20000) n`);
    await admin.query(`insert into sign_in select gen_random_uuid(), 'session', 'backlog', '{}', 9e15
      from generate_series(1, 20000)`);
    await admin.query('analyze sign_in');
    let plan;
    const explaining = {
      query: async (text, values) => {
        plan = (await admin.query(`explain ${text}`, values)).rows.map((row) => row['QUERY PLAN']);
        return { rows: [], rowCount: 0 };
      },
    };
    await sweep(explaining, 'sign_in', `kind = 'session'`, 500);
    const swept = await stores.sessions.sweep(500);
    const { rows } = await admin.query(`select min(expires_at)::int as oldest from sign_in`);
    await admin.query(`delete from sign_in where subject = 'backlog'`);
    return { plan, swept, oldest: rows[0].oldest };
  },
};

await admin.connect();
await admin.query(SCHEMA);
const seen = await STORIES[process.env.STORY]();
await pool.end();
await admin.end();
console.log(JSON.stringify(seen));
