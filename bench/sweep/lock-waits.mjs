// Watches for sessions of ours that wait for a lock. Looking now and then would miss short waits, so the sessions carry
// a lock_timeout as well, which fails any wait that is longer than allowed: what is counted here is only how long.
import pg from 'pg';
import { POSTGRES_URL } from '../lib/postgres.mjs';

const EVERY_MS = 5;

/** Asks every few milliseconds until `stop` is called, which gives the longest wait seen, in milliseconds. */
export async function watchLockWaits(applicationName) {
  const client = new pg.Client({ connectionString: POSTGRES_URL });
  await client.connect();
  let stopped = false;
  const waitingSince = new Map();
  let longest = 0;
  const look = async () => {
    const { rows } = await client.query(
      `select pid, query_start::text as began from pg_stat_activity
       where application_name = $1 and wait_event_type = 'Lock'`,
      [applicationName],
    );
    const now = performance.now();
    const waiting = new Set(rows.map(({ pid, began }) => `${pid} ${began}`));
    for (const key of waitingSince.keys()) if (!waiting.has(key)) waitingSince.delete(key);
    for (const key of waiting) {
      if (!waitingSince.has(key)) waitingSince.set(key, now);
      longest = Math.max(longest, now - waitingSince.get(key) + EVERY_MS);
    }
  };
  const watching = (async () => {
    while (!stopped) {
      await look();
      await new Promise((next) => setTimeout(next, EVERY_MS));
    }
  })();
  return {
    async stop() {
      stopped = true;
      await watching.finally(() => client.end());
      return longest;
    },
  };
}
