// The benchmark of sessions from its settings to its report: what a guarded request costs while revocations are live.
import { readArguments } from '../lib/arguments.mjs';
import { revocationsInForce } from '../lib/live-revocations.mjs';
import { OWN_MODE } from '../lib/own-mode.mjs';
import { pinning, twoCores } from '../lib/pinned-process.mjs';
import { postgresAnswers } from '../lib/postgres.mjs';
import { progress } from '../lib/progress.mjs';
import { redisAnswers } from '../lib/redis.mjs';
import { whole } from '../lib/report.mjs';
import { Comparison } from '../routes/comparison.mjs';
import { measureRoutes } from '../routes/measure.mjs';
import { SESSION_VARIANTS } from './variants.mjs';

/** `only`: names of variants, separated by commas. `profile`: a directory for profiles of the servers. */
export const SESSIONS_DEFAULTS = {
  rounds: 20,
  seconds: 1,
  connections: 16,
  revocations: 10_000,
  adapter: 'express,fastify',
  only: '',
  profile: '',
};

const GUARD_TARGETS = { express: 0.9, fastify: 0.85 };
const EXPRESS_SESSION_TARGET = 1.3;
const BETTER_AUTH_TARGET = 3;

export function parseSessionsArguments() {
  return readArguments(SESSIONS_DEFAULTS);
}

/** Runs the benchmark and returns its report. */
export async function runSessions(settings) {
  if (!(await postgresAnswers())) return 'SESSIONS: left out, PostgreSQL does not answer';
  const redis = await redisAnswers();
  const cores = twoCores();
  const live = `${whole(settings.revocations)} live revocations in PostgreSQL`;
  const parts = [
    `SESSIONS: ${settings.rounds} rounds of ${settings.seconds} s in turn, ${settings.connections} connections, ${live}`,
    pinning(cores, 'PostgreSQL and Redis'),
  ];
  if (!redis) parts.push('Redis does not answer: its line is left out');
  const prepare = (ready, variant, prefix) => withRevocations(settings.revocations, ready, variant, prefix);
  for (const adapter of settings.adapter.split(',')) {
    const only = settings.only === '' ? null : settings.only.split(',');
    const variants = SESSION_VARIANTS.filter(
      ({ name, database, adapters }) =>
        (!only || only.includes(name)) &&
        (redis || database !== 'redis') &&
        (!adapters || adapters.includes(adapter)),
    );
    const measurements = await measureRoutes(adapter, variants, { ...settings, cores, prepare });
    parts.push('', report(new Comparison(adapter, measurements)));
  }
  return parts.join('\n');
}

/** The application with AuthModule is measured once it knows every revocation. */
async function withRevocations(count, { url, credentials }, { application }, prefix) {
  if (application !== OWN_MODE) return;
  progress(`${whole(count)} revocations`);
  const { decoy: headers, decoySignIn: signInId } = credentials;
  await revocationsInForce(prefix, count, { url: `${url}/jwt`, headers, signInId });
}

function report(comparison) {
  const guard = GUARD_TARGETS[comparison.adapter];
  return [
    comparison.table(),
    ...comparison.targets('SessionAuthGuard, against the unguarded route', 'session', 'unguarded', guard),
    ...comparison.targets('JwtAuthGuard, against the unguarded route', 'jwt', 'unguarded', guard),
    ...comparison.targets(
      'SessionAuthGuard, against express-session and connect-redis',
      'session',
      'express-session',
      EXPRESS_SESSION_TARGET,
    ),
    ...comparison.targets(
      'SessionAuthGuard, against better-auth',
      'session',
      'better-auth',
      BETTER_AUTH_TARGET,
    ),
    ...comparison.notes('unguarded'),
  ].join('\n');
}
