// The benchmark of the sweeper from its settings to its report: rotations alone and beside it, in turn.
import { randomInt } from 'node:crypto';
import { readArguments } from '../lib/arguments.mjs';
import { familyApplication } from '../lib/family-application.mjs';
import { interruptible } from '../lib/interruption.mjs';
import { loadFamilies, sizeOnDisk, subjectAt, subjectsFor } from '../lib/loaded-families.mjs';
import { dropTables, freshPrefix, postgresAnswers, withPostgres } from '../lib/postgres.mjs';
import { progress } from '../lib/progress.mjs';
import { atMost, table, whole } from '../lib/report.mjs';
import { median, quantile, ratiosPerRound } from '../lib/statistics.mjs';
import { watchLockWaits } from './lock-waits.mjs';

/** `expired`, `live`: rows of the table. `seconds`: of each measurement; one of rotations alone, one beside the sweep. */
export const SWEEP_DEFAULTS = {
  expired: 1_000_000,
  live: 1_000_000,
  seconds: 3,
  callers: 2,
  measured: 20_000,
};

const P99_TARGET = 2;
const LOCK_WAIT_MS = 50;
const OPENERS = 8;

export function parseSweepArguments() {
  return readArguments(SWEEP_DEFAULTS);
}

/** Runs the benchmark and returns its report; null when it was interrupted. */
export async function runSweep(settings) {
  if (!(await postgresAnswers())) return 'SWEEP: left out, PostgreSQL does not answer';
  return interruptible((signal) => measured(settings, signal));
}

async function measured(settings, signal) {
  const prefix = freshPrefix();
  const size = settings.expired + settings.live;
  const toClose = [];
  try {
    const session = `-c lock_timeout=${LOCK_WAIT_MS} -c application_name=${prefix}rotations`;
    const rotating = await familyApplication(prefix, Math.max(OPENERS, settings.callers), session);
    toClose.push(rotating);
    // With a pool of its own, as it would have on another node.
    const sweeping = await familyApplication(prefix, 1);
    toClose.push(sweeping);
    const count = Math.min(settings.measured, settings.live);
    progress(`sweep: opening ${whole(count)} families through the service`);
    const subjects = Array.from({ length: count }, () => subjectAt(randomInt(subjectsFor(size))));
    const families = await rotating.open(subjects, OPENERS);
    await loadFamilies(prefix, size, { signal, expired: settings.expired });
    const onDisk = await withPostgres((client) => sizeOnDisk(client, prefix));
    await withPostgres((client) => client.query('checkpoint'));

    const step = rotation(rotating.service, families);
    await rotations(step, settings, signal);
    const [alone, beside] = [[], []];
    const swept = { rows: 0, ms: 0, waits: [] };
    for (let left = true; left;) {
      progress(`sweep: ${whole(swept.rows)} rows deleted`);
      alone.push(await rotations(step, settings, signal));
      const sweep = sweepFor(sweeping.service, settings.seconds);
      const watch = await watchLockWaits(`${prefix}rotations`);
      beside.push(await rotations(step, settings, signal));
      const { rows, ms, done } = await sweep;
      swept.rows += rows;
      swept.ms += ms;
      swept.waits.push(await watch.stop());
      left = !done;
    }
    return report({ alone, beside, swept, onDisk, settings });
  } finally {
    for (const app of toClose) await app.close();
    await dropTables(prefix);
  }
}

function rotation(service, families) {
  let next = 0;
  return async () => {
    const family = families[next++ % families.length];
    family.token = (await service.refresh(family.token)).refreshToken;
  };
}

/** Sweeps without a pause between the runs: far more than any node does by itself, which sweeps every ten minutes. */
async function sweepFor(service, seconds) {
  const began = performance.now();
  let rows = 0;
  let done = false;
  while (!done && performance.now() - began < seconds * 1000) {
    const { families } = await service.sweep();
    rows += families;
    done = families === 0;
  }
  return { rows, done, ms: performance.now() - began };
}

/** What each rotation took, and how many failed: all of them must succeed. */
async function rotations(step, { callers, seconds }, signal) {
  const end = performance.now() + seconds * 1000;
  const taken = [];
  let failed = 0;
  const caller = async () => {
    while (performance.now() < end) {
      signal.throwIfAborted();
      const began = performance.now();
      await step().catch((error) => {
        failed++;
        progress(`sweep: a rotation failed: ${error.cause?.message ?? error.message}`);
      });
      taken.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { taken, failed };
}

function report({ alone, beside, swept, onDisk, settings }) {
  const figures = (label, rounds) => {
    const of = (q) => median(rounds.map(({ taken }) => quantile(taken, q))).toFixed(2);
    const all = rounds.flatMap(({ taken }) => taken);
    const failed = rounds.reduce((sum, one) => sum + one.failed, 0);
    return [label, of(0.5), of(0.99), Math.max(...all).toFixed(1), whole(all.length), String(failed)];
  };
  const p99 = (rounds) => rounds.map(({ taken }) => quantile(taken, 0.99));
  const failed = [...alone, ...beside].reduce((sum, one) => sum + one.failed, 0);
  const longest = Math.max(...swept.waits);
  return [
    `SWEEP on PostgreSQL: ${whole(settings.expired)} expired rows beside ${whole(settings.live)} live ones, ${onDisk} with indexes`,
    `  ${beside.length} rounds, ${settings.seconds} s of rotations alone and ${settings.seconds} s beside the sweep, ${settings.callers} callers in one process`,
    `  swept ${whole(swept.rows)} rows in ${(swept.ms / 1000).toFixed(1)} s, without a pause between runs: ${whole(swept.rows / (swept.ms / 1000))} a second`,
    '',
    table(
      ['', 'median ms', 'p99 ms', 'slowest ms', 'samples', 'failed'],
      [figures('rotations alone', alone), figures('rotations beside the sweep', beside)],
    ),
    atMost(
      'p99, beside the sweep against alone',
      median(ratiosPerRound(p99(beside), p99(alone))),
      P99_TARGET,
    ),
    `${failed === 0 ? 'met   ' : 'MISSED'}  lock waits over ${LOCK_WAIT_MS} ms, which lock_timeout would fail: ${failed} rotations failed`,
    `note    longest lock wait of a rotation that was seen, looking every 5 ms: ${longest.toFixed(0)} ms`,
  ].join('\n');
}
