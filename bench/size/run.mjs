// The benchmark of size from its settings to its report: the same work in tables of every size, in turn.
import { randomInt } from 'node:crypto';
import { readArguments } from '../lib/arguments.mjs';
import { familyApplication } from '../lib/family-application.mjs';
import { interruptible } from '../lib/interruption.mjs';
import { loadFamilies, sizeOnDisk, subjectAt, subjectsFor } from '../lib/loaded-families.mjs';
import { dropTables, freshPrefix, postgresAnswers, withPostgres } from '../lib/postgres.mjs';
import { progress } from '../lib/progress.mjs';
import { atMost, ratio, table, whole } from '../lib/report.mjs';
import { measureInTurn } from '../lib/rounds.mjs';
import { quantile, ratiosPerRound, spread } from '../lib/statistics.mjs';

/** `sizes`: families in each table. `measured`: how many of them we hold tokens of, at most half of a table. */
export const SIZE_DEFAULTS = {
  sizes: '10000,1000000,10000000',
  rounds: 20,
  seconds: 2,
  callers: 2,
  measured: 20_000,
  fillfactor: 100,
};

const TARGET = 1.3;
const OPENERS = 8;

export function parseSizeArguments() {
  const settings = readArguments(SIZE_DEFAULTS);
  const sizes = settings.sizes.split(',').map(Number);
  if (!sizes.every((size) => Number.isInteger(size) && size >= 1000)) {
    console.error('--sizes must be whole numbers from 1000 on, separated by commas');
    process.exit(2);
  }
  return { ...settings, sizes: sizes.sort((a, b) => a - b) };
}

/** Runs the benchmark and returns its report; null when it was interrupted. */
export async function runSize(settings) {
  if (!(await postgresAnswers())) return 'SIZE: left out, PostgreSQL does not answer';
  return interruptible((signal) => measured(settings, signal));
}

async function measured(settings, signal) {
  const tables = settings.sizes.map((size) => ({ size, prefix: freshPrefix() }));
  const toClose = [];
  try {
    for (const one of tables) {
      const { size, prefix } = one;
      const app = await familyApplication(prefix, Math.max(OPENERS, settings.callers));
      toClose.push(app);
      const count = Math.min(settings.measured, Math.floor(size / 2));
      progress(`size ${whole(size)}: opening ${whole(count)} families through the service`);
      const subjects = Array.from({ length: count }, () => subjectAt(randomInt(subjectsFor(size))));
      Object.assign(one, { service: app.service, families: await app.open(subjects, OPENERS) });
      await loadFamilies(prefix, size, { signal, fillfactor: settings.fillfactor });
      one.onDisk = await withPostgres((client) => sizeOnDisk(client, prefix));
    }
    progress('size: checkpoint');
    await withPostgres((client) => client.query('checkpoint'));
    const ways = tables.flatMap((one) => [
      { ...one, kind: 'rotation', step: rotation(one) },
      { ...one, kind: 'listing', step: listing(one) },
    ]);
    progress('size: warming up');
    for (const way of ways) await latencies(way, settings, signal);
    const rounds = await measureInTurn('size', ways, settings.rounds, (way) =>
      latencies(way, settings, signal),
    );
    return report(rounds, settings, tables);
  } finally {
    for (const app of toClose) await app.close();
    for (const { prefix } of tables) await dropTables(prefix);
  }
}

/** One refresh of a family that has not been touched for longer than any other: its page is as cold as it gets. */
function rotation({ service, families }) {
  let next = 0;
  return async () => {
    const family = families[next++ % families.length];
    family.token = (await service.refresh(family.token)).refreshToken;
  };
}

function listing({ service, size }) {
  const subjects = subjectsFor(size);
  return () => service.listSignIns(subjectAt(randomInt(subjects)));
}

async function latencies({ step }, { callers, seconds }, signal) {
  const end = performance.now() + seconds * 1000;
  const taken = [];
  const caller = async () => {
    while (performance.now() < end) {
      signal.throwIfAborted();
      const began = performance.now();
      await step();
      taken.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return taken;
}

function report(rounds, { callers, seconds, rounds: count, fillfactor }, tables) {
  const lines = [
    `SIZE on PostgreSQL: ${count} rounds of ${seconds} s in turn, ${callers} callers in one process, fillfactor ${fillfactor}`,
    ...tables.map(({ size, onDisk, families }) => {
      const ours = `${whole(families.length)} of them ours, at random places`;
      return `  ${whole(size)} families: ${onDisk} with indexes, ${ours}`;
    }),
  ];
  for (const kind of ['rotation', 'listing']) {
    const measurements = [...rounds].filter(([way]) => way.kind === kind);
    const [smallest] = measurements;
    const perRound = (taken, q) => taken.map((one) => quantile(one, q));
    const against = (taken, q) => spread(ratiosPerRound(perRound(taken, q), perRound(smallest[1], q)));
    const rows = measurements.map(([{ size }, taken]) => [
      `${kind}, ${whole(size)} families`,
      spread(perRound(taken, 0.5)).median.toFixed(2),
      spread(perRound(taken, 0.99)).median.toFixed(2),
      ratio(against(taken, 0.5)),
      ratio(against(taken, 0.99)),
      whole(taken.flat().length),
    ]);
    lines.push(
      '',
      table(['', 'median ms', 'p99 ms', 'median, ratio (IQR)', 'p99, ratio (IQR)', 'samples'], rows),
    );
    const [, largest] = measurements.at(-1);
    lines.push(
      atMost(`${kind}, median, largest against smallest`, against(largest, 0.5).median, TARGET),
      atMost(`${kind}, p99, largest against smallest`, against(largest, 0.99).median, TARGET),
    );
  }
  return lines.join('\n');
}
