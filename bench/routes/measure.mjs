// Measures the routes on one adapter: starts the servers and the load, checks every answer, runs the rounds.
import assert from 'node:assert/strict';
import { startProcess } from '../lib/pinned-process.mjs';
import { dropTables, freshPrefix } from '../lib/postgres.mjs';
import { dropKeys } from '../lib/redis.mjs';
import { progress } from '../lib/progress.mjs';
import { measureInTurn } from '../lib/rounds.mjs';
import { ANSWER } from './answer.mjs';

const WARM_UP_SECONDS = 2;

/**
 * `prepare`, when given, is called with each server that runs, its variant and the prefix of its tables, before the
 * first request. Returns a map from each variant to its measurements: requests per second, microseconds of the server's processor
 * time per request, and the shares of the time in which the server and the load had a processor.
 */
export async function measureRoutes(
  adapter,
  variants,
  { rounds, seconds, connections, cores, profile, prepare },
) {
  const servers = new Map();
  const prefix = freshPrefix();
  let load;
  try {
    load = await startProcess('../routes/load.mjs', { core: cores?.load });
    for (const variant of variants) {
      const key = serverOf(variant);
      if (servers.has(key)) continue;
      progress(`${adapter}: starting the ${variant.application} application (${variant.database})`);
      const tables = variant.database === 'sqlite' ? '' : prefix;
      const args = [adapter, variant.application, tables];
      const nodeOptions = profile === '' ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
      const server = await startProcess('../routes/server.mjs', { args, core: cores?.server, nodeOptions });
      servers.set(key, server);
      await prepare?.(server.ready, variant, prefix);
    }
    const measure = async (variant, duration = seconds) => {
      const server = servers.get(serverOf(variant));
      const { url, credentials } = server.ready;
      const usedBefore = await server.ask('usage');
      const started = performance.now();
      const {
        perSecond,
        requests,
        failures,
        busy: loadBusy,
      } = await load.ask({
        url: `${url}/${variant.route}`,
        headers: credentials[variant.route],
        seconds: duration,
        connections,
      });
      const elapsed = (performance.now() - started) * 1000;
      const used = (await server.ask('usage')) - usedBefore;
      assert.equal(failures, 0, `${variant.label}: ${failures} requests failed`);
      return { perSecond, microseconds: used / requests, busy: used / elapsed, loadBusy };
    };
    for (const variant of variants) await check(servers.get(serverOf(variant)).ready, variant);
    progress(`${adapter}: warming up`);
    for (const variant of variants) await measure(variant, WARM_UP_SECONDS);
    return await measureInTurn(adapter, variants, rounds, (variant) => measure(variant));
  } finally {
    for (const started of [load, ...servers.values()]) await started?.stop();
    if (variants.some(({ database }) => database === 'postgres')) await dropTables(prefix);
    if (variants.some(({ database }) => database === 'redis')) await dropKeys(prefix);
  }
}

function serverOf({ application, database }) {
  return `${application}/${database}`;
}

/** The route gives the answer with the credentials, and refuses without them where it is guarded. */
async function check({ url, credentials }, { route, label }) {
  const target = `${url}/${route}`;
  const response = await fetch(target, { headers: credentials[route] });
  assert.equal(response.status, 200, label);
  assert.deepEqual(await response.json(), ANSWER, label);
  if (route === 'unguarded') return;
  const { status } = await fetch(target);
  assert.ok(status === 401 || status === 403, `${label}: ${status} without credentials`);
}
