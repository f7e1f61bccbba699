// Revocations in force: rows of the feed's table, as so many sign-outs in the last hour leave them.
import { setTimeout as pause } from 'node:timers/promises';
import { OWN_MODE } from './own-mode.mjs';
import { withPostgres } from './postgres.mjs';

const HOUR_MS = 3_600_000;
const KNOWN_WITHIN_MS = 30_000;

/**
 * Writes `count` rows for sign-ins that do not exist, and one more for `decoy`: `url` of a guarded route, `headers` that it
 * accepts, and `signInId`, which they belong to and which has not ended. Waits until the node refuses the decoy: then
 * its feed has read the other rows too. Throws when it does not in time.
 */
export async function revocationsInForce(prefix, count, decoy) {
  await insertRevocations(prefix, count, decoy.signInId);
  if (OWN_MODE !== 'feed') return;
  const until = performance.now() + KNOWN_WITHIN_MS;
  while ((await fetch(decoy.url, { headers: decoy.headers })).status !== 401) {
    if (performance.now() > until)
      throw new Error('the feed does not know the revocations that were written');
    await pause(20);
  }
}

async function insertRevocations(prefix, count, last) {
  const insert = `insert into "${prefix}auth_revocation" (kind, value, created_at, expires_at)
    select 'sign_in', value, at, at + ${HOUR_MS + 300_000} from (select (extract(epoch from now()) * 1000)::bigint as at) now,`;
  await withPostgres(async (client) => {
    await client.query(
      `${insert} lateral (select gen_random_uuid()::text as value from generate_series(1, $1::int)) made`,
      [count],
    );
    await client.query(`${insert} lateral (select $1::text as value) given`, [last]);
  });
}
