// Revocations in force: rows of the feed's table, as so many sign-outs in the last hour leave them.
import { setTimeout as pause } from 'node:timers/promises';
import { withPostgres } from './postgres.mjs';

const HOUR_MS = 3_600_000;
const KNOWN_WITHIN_MS = 30_000;

/** Writes `count` rows for sign-ins that nobody has; `last`, when given, is the value of one more, the last. */
export async function insertRevocations(prefix, count, last = null) {
  const insert = `insert into "${prefix}auth_revocation" (kind, value, created_at, expires_at)
    select 'sign_in', value, at, at + ${HOUR_MS + 300_000} from (select (extract(epoch from now()) * 1000)::bigint as at) now,`;
  await withPostgres(async (client) => {
    await client.query(
      `${insert} lateral (select gen_random_uuid()::text as value from generate_series(1, $1::int)) made`,
      [count],
    );
    if (last !== null) await client.query(`${insert} lateral (select $1::text as value) given`, [last]);
  });
}

/** Waits until a node refuses these credentials, which only its feed can tell it. Throws when it does not in time. */
export async function refused(url, headers) {
  const until = performance.now() + KNOWN_WITHIN_MS;
  while ((await fetch(url, { headers })).status !== 401) {
    if (performance.now() > until)
      throw new Error(`${url} still answers a sign-in whose revocation is written`);
    await pause(20);
  }
}
