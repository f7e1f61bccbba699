// The benchmark of routes from its settings to its report.
import { readArguments } from '../lib/arguments.mjs';
import { pinning, twoCores } from '../lib/pinned-process.mjs';
import { postgresAnswers } from '../lib/postgres.mjs';
import { target } from '../lib/report.mjs';
import { Comparison } from './comparison.mjs';
import { measureRoutes } from './measure.mjs';
import { VARIANTS } from './variants.mjs';

/** `only`: names of variants, separated by commas. `profile`: a directory for profiles of the servers. */
export const ROUTES_DEFAULTS = {
  rounds: 20,
  seconds: 1,
  connections: 16,
  adapter: 'express,fastify',
  only: '',
  profile: '',
};

const STATELESS_TARGETS = { express: 0.9, fastify: 0.85 };
const PASSPORT_TARGET = 4;

export function parseRoutesArguments() {
  return readArguments(ROUTES_DEFAULTS);
}

/** Runs the benchmark and returns its report. */
export async function runRoutes(settings) {
  const cores = twoCores();
  const postgres = await postgresAnswers();
  const parts = [
    `ROUTES: ${settings.rounds} rounds of ${settings.seconds} s in turn, ${settings.connections} connections`,
    pinning(cores, 'PostgreSQL'),
  ];
  if (!postgres) parts.push('PostgreSQL does not answer: its lines are left out');
  for (const adapter of settings.adapter.split(',')) {
    const only = settings.only === '' ? null : settings.only.split(',');
    const variants = VARIANTS.filter(
      ({ name, database, adapters }) =>
        (!only || only.includes(name)) &&
        (postgres || database !== 'postgres') &&
        (!adapters || adapters.includes(adapter)),
    );
    parts.push(report(adapter, await measureRoutes(adapter, variants, { ...settings, cores })));
  }
  return parts.join('\n');
}

function report(adapter, measurements) {
  const comparison = new Comparison(adapter, measurements);
  return ['', comparison.table(), ...conclusions(adapter, comparison)].join('\n');
}

function conclusions(adapter, comparison) {
  const lines = comparison.targets(
    'JwtAuthGuard, stateless, against the unguarded route',
    'jwt',
    'unguarded',
    STATELESS_TARGETS[adapter],
  );
  const passport = comparison.ratio('jwt', 'passport-string');
  if (passport !== undefined)
    lines.push(
      target('JwtAuthGuard, stateless, against passport-jwt with a string', passport, PASSPORT_TARGET),
    );
  const module = comparison.ratio('unguarded', 'plain');
  if (module !== undefined)
    lines.push(
      `note    an unguarded route with AuthModule in the application, against one without: ${module.toFixed(3)}`,
    );
  return [...lines, ...comparison.notes('unguarded')];
}
