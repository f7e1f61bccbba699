// The benchmark of revocation from its settings to its report: how soon every node refuses what one node revoked.
import { readArguments } from '../lib/arguments.mjs';
import { interruptible } from '../lib/interruption.mjs';
import { dropMariadbTables, mariadbAnswers } from '../lib/mariadb.mjs';
import { startProcess } from '../lib/pinned-process.mjs';
import { dropTables, freshPrefix, postgresAnswers } from '../lib/postgres.mjs';
import { progress } from '../lib/progress.mjs';
import { redisAnswers } from '../lib/redis.mjs';
import { atMost, table } from '../lib/report.mjs';
import { quantile } from '../lib/statistics.mjs';
import { KINDS } from './credentials.mjs';
import { KeepAliveClient } from '../lib/keep-alive-client.mjs';
import { DEFAULT_MODES, MODES } from './modes.mjs';
import { propagation } from './propagation.mjs';

/** `count`: revocations of each mode. `modes`: names from modes.mjs, separated by commas. */
export const REVOCATION_DEFAULTS = { count: 200, modes: DEFAULT_MODES };

const NODES = 3;
const WARM_UP = 12;
const DATABASES = {
  postgres: { name: 'PostgreSQL', answers: postgresAnswers, drop: dropTables },
  mariadb: { name: 'MariaDB', answers: mariadbAnswers, drop: dropMariadbTables },
};

export function parseRevocationArguments() {
  const settings = readArguments(REVOCATION_DEFAULTS);
  const modes = settings.modes.split(',');
  if (!modes.every((mode) => Object.hasOwn(MODES, mode)) || !Number.isInteger(settings.count)) {
    console.error(`--modes are of ${Object.keys(MODES).join(',')}; --count is a whole number`);
    process.exit(2);
  }
  return { ...settings, modes };
}

/** Runs the benchmark and returns its report; null when it was interrupted. */
export async function runRevocation(settings) {
  return interruptible(async (signal) => {
    const measured = [];
    const leftOut = [];
    for (const name of settings.modes) {
      const missing = await missingServer(MODES[name]);
      if (missing) leftOut.push(`left out: ${MODES[name].label}: ${missing} does not answer`);
      else measured.push({ mode: MODES[name], samples: await measure(name, settings.count, signal) });
    }
    return [
      `REVOCATION: ${NODES} nodes, ${settings.count} revocations of each mode, on one node and then the next, a session and a family in turn`,
      'milliseconds until the last of the other nodes refuses; processes wherever the scheduler puts them',
      ...leftOut,
      ...(measured.length > 0 ? report(measured) : []),
    ].join('\n');
  });
}

async function missingServer({ database, redis }) {
  if (!(await DATABASES[database].answers())) return DATABASES[database].name;
  return redis && !(await redisAnswers()) ? 'Redis' : null;
}

async function measure(name, count, signal) {
  const { database, pauseMs } = MODES[name];
  const prefix = freshPrefix();
  const processes = [];
  const clients = [];
  try {
    progress(`${name}: starting ${NODES} nodes`);
    // One after the other: the first makes the tables.
    for (let i = 0; i < NODES; i++) {
      signal.throwIfAborted();
      const node = await startProcess('../revocation/node.mjs', { args: [name, prefix] });
      processes.push(node);
      clients.push(new KeepAliveClient(node.ready));
    }
    const samples = [];
    for (let i = -WARM_UP; i < count; i++) {
      signal.throwIfAborted();
      if (i >= 0 && i % 50 === 0) progress(`${name}: revocation ${i + 1} of ${count}`);
      const turn = i + WARM_UP;
      const kind = KINDS[turn % KINDS.length];
      // A node has both kinds before it is the next one's turn.
      const node = clients[Math.floor(turn / KINDS.length) % NODES];
      const others = clients.filter((client) => client !== node);
      const sample = await propagation(kind, node, others, pauseMs);
      if (i >= 0) samples.push({ kind: kind.name, ...sample });
    }
    return samples;
  } finally {
    for (const client of clients) client.close();
    for (const node of processes) await node.stop();
    await DATABASES[database].drop(prefix);
  }
}

function report(measured) {
  const figures = (values) => [0.5, 0.99, 1].map((q) => quantile(values, q).toFixed(1));
  const rows = measured.flatMap(({ mode, samples }) =>
    KINDS.map(({ name }) => {
      const ofKind = samples.filter(({ kind }) => kind === name);
      const since = (moment) => figures(ofKind.map((sample) => sample[moment]));
      return [`${mode.label}: ${name}`, ...since('sinceAnswer'), ...since('sinceRequest')];
    }),
  );
  const headings = ['', 'since answer: median', 'p99', 'max', 'since request: median', 'p99', 'max'];
  return [
    '',
    table(headings, rows),
    ...measured.map(({ mode, samples }) => {
      const p99 = quantile(
        samples.map(({ sinceAnswer }) => sinceAnswer),
        0.99,
      );
      return atMost(`${mode.label}: p99 since the sign-out was answered, ms`, p99, mode.targetMs);
    }),
  ];
}
