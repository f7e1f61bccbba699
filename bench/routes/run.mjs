// The benchmark of routes from its settings to its report.
import { readArguments } from '../lib/arguments.mjs';
import { twoCores } from '../lib/pinned-process.mjs';
import { postgresAnswers } from '../lib/postgres.mjs';
import { ratio, table, target, whole } from '../lib/report.mjs';
import { median, ratiosPerRound, spread } from '../lib/statistics.mjs';
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
const SATURATED = 0.9;

export function parseRoutesArguments() {
  return readArguments(ROUTES_DEFAULTS);
}

/** Runs the benchmark and returns its report. */
export async function runRoutes(settings) {
  const cores = twoCores();
  const postgres = await postgresAnswers();
  const pinning = cores
    ? `servers on core ${cores.server}, load on core ${cores.load}; PostgreSQL wherever the scheduler puts it`
    : 'server and load NOT pinned (taskset or a second core is missing): they may disturb each other';
  const parts = [
    `ROUTES: ${settings.rounds} rounds of ${settings.seconds} s in turn, ${settings.connections} connections`,
    pinning,
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
  const byName = new Map([...measurements].map(([variant, rounds]) => [variant.name, { variant, rounds }]));
  const of = (name, figure) => byName.get(name)?.rounds.map((round) => round[figure]);
  const rows = [...byName.values()].map(({ variant, rounds }) => {
    const compare = (figure) => {
      const baseline = of(variant.baseline, figure);
      return baseline ? ratiosPerRound(of(variant.name, figure), baseline) : null;
    };
    const perSecond = compare('perSecond');
    const microseconds = compare('microseconds');
    return [
      variant.label,
      whole(median(rounds.map((round) => round.perSecond))),
      perSecond ? ratio(spread(perSecond)) : '-',
      median(rounds.map((round) => round.microseconds)).toFixed(1),
      microseconds ? ratio(spread(microseconds.map((cost) => 1 / cost))) : '-',
      percent(rounds.map((round) => round.busy)),
    ];
  });
  const headings = ['', 'req/s', 'ratio to unguarded (IQR)', 'CPU us/req', 'ratio by CPU time (IQR)', 'busy'];
  return ['', adapter.toUpperCase(), table(headings, rows), ...conclusions(adapter, of)].join('\n');
}

function conclusions(adapter, of) {
  const lines = [];
  const compare = (name, baseline, figure) => {
    const [values, others] = [of(name, figure), of(baseline, figure)];
    return values && others ? median(ratiosPerRound(values, others)) : undefined;
  };
  const jwt = compare('jwt', 'unguarded', 'perSecond');
  if (jwt !== undefined) {
    const atLeast = STATELESS_TARGETS[adapter];
    lines.push(target('JwtAuthGuard, stateless, against the unguarded route', jwt, atLeast));
    const byCpu = 1 / compare('jwt', 'unguarded', 'microseconds');
    lines.push(target('the same, by processor time of the server', byCpu, atLeast));
  }
  const passport = compare('jwt', 'passport-string', 'perSecond');
  if (passport !== undefined)
    lines.push(
      target('JwtAuthGuard, stateless, against passport-jwt with a string', passport, PASSPORT_TARGET),
    );
  const module = compare('unguarded', 'plain', 'perSecond');
  if (module !== undefined)
    lines.push(
      `note    an unguarded route with AuthModule in the application, against one without: ${module.toFixed(3)}`,
    );
  const busy = of('unguarded', 'busy');
  if (busy && median(busy) < SATURATED) {
    const loadBusy = of('unguarded', 'loadBusy');
    lines.push(
      `note    the server had a processor for ${percent(busy)} of the time, the load for ${percent(loadBusy)}: other processes or the load itself`,
      '        held it up, so that requests per second say less here than processor time does',
    );
  }
  return lines;
}

function percent(shares) {
  return `${Math.round(median(shares) * 100)} %`;
}
