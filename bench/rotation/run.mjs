// The benchmark of rotations from its settings to its report: what a rotation costs beside one bare UPDATE.
import { readArguments } from '../lib/arguments.mjs';
import { dropTables, freshPrefix, postgresAnswers, withPostgres } from '../lib/postgres.mjs';
import { progress } from '../lib/progress.mjs';
import { ratio, table, target, whole } from '../lib/report.mjs';
import { measureInTurn } from '../lib/rounds.mjs';
import { median, ratiosPerRound, spread } from '../lib/statistics.mjs';
import { bareUpdate } from './bare-update.mjs';
import { ownRotation } from './own-rotation.mjs';
import { typeOrmStores } from 'nestjs-aerie/typeorm';
import { rowPerToken } from './row-per-token.mjs';

/** `families`: of each caller, for each way to rotate. `only`: names of ways, separated by commas. */
export const ROTATION_DEFAULTS = { rounds: 15, seconds: 1, callers: 16, families: 16, only: '' };

const TARGET = 0.3;
const WARM_UP_SECONDS = 1;

export function parseRotationArguments() {
  return readArguments(ROTATION_DEFAULTS);
}

/** Runs the benchmark and returns its report. */
export async function runRotation(settings) {
  if (!(await postgresAnswers())) return 'ROTATION: left out, PostgreSQL does not answer';
  const { rounds, seconds, callers } = settings;
  const count = callers * settings.families;
  const prefix = freshPrefix();
  const toClose = [];
  try {
    progress(`rotation: opening ${count} families for each way to rotate`);
    const own = await ownRotation(prefix, callers, count);
    toClose.push(own);
    const unprepared = await ownRotation(prefix, callers, count, {
      stores: typeOrmStores({ database: { preparedStatements: false } }),
    });
    toClose.push(unprepared);
    const hmac = await ownRotation(prefix, callers, count, { keys: 'secret' });
    toClose.push(hmac);
    const bare = await bareUpdate(prefix, callers);
    toClose.push(bare);
    const tokens = await rowPerToken(prefix, callers, own.alone.families);
    toClose.push(tokens);
    const { families } = own.alone;
    const ways = [
      { name: 'bare', label: 'bare UPDATE of one column, pg', families, step: bare.step },
      { name: 'bare-prepared', label: 'the same, prepared', families, step: bare.prepared },
      { name: 'rotate', label: 'store: rotate', ...own.alone },
      { name: 'read', label: 'store: read and rotate', ...own.read },
      { name: 'service', label: 'service: refresh, access token signed', ...own.service },
      { name: 'service-hmac', label: "the same, keys: 'secret' (HS256)", ...hmac.service },
      {
        name: 'service-unprepared',
        label: 'the same, database.preparedStatements: false',
        ...unprepared.service,
      },
      { name: 'row-per-token', label: 'row per token, in a transaction, pg', families, step: tokens.step },
    ].filter(({ name }) => settings.only === '' || settings.only.split(',').includes(name));
    progress('rotation: warming up');
    for (const way of ways) await measure(way, callers, WARM_UP_SECONDS);
    const measurements = await measureInTurn('rotation', ways, rounds, (way) =>
      measure(way, callers, seconds),
    );
    return [
      `ROTATION on PostgreSQL: ${rounds} rounds of ${seconds} s in turn, ${callers} callers in one process, ${count} families each way`,
      report(measurements),
      await rowsPerFamily(prefix, count),
    ].join('\n');
  } finally {
    for (const part of toClose) await part.close();
    await dropTables(prefix);
  }
}

/** Every caller rotates families of its own, one after the other, until the time is over. */
async function measure({ families, step }, callers, seconds) {
  const share = families.length / callers;
  const before = process.cpuUsage();
  const started = performance.now();
  const end = started + seconds * 1000;
  const caller = async (index) => {
    let done = 0;
    for (; performance.now() < end; done++) await step(families[index * share + (done % share)]);
    return done;
  };
  const done = await Promise.all(Array.from({ length: callers }, (_, index) => caller(index)));
  const rotations = done.reduce((sum, count) => sum + count, 0);
  const { user, system } = process.cpuUsage(before);
  return {
    perSecond: rotations / ((performance.now() - started) / 1000),
    microseconds: (user + system) / rotations,
  };
}

function report(measurements) {
  const byName = new Map(
    [...measurements].map(([{ name }, rounds]) => [name, rounds.map((r) => r.perSecond)]),
  );
  const bare = byName.get('bare');
  const compared = (name) => (bare ? spread(ratiosPerRound(byName.get(name), bare)) : null);
  const rows = [...measurements].map(([{ name, label }, rounds]) => [
    label,
    whole(median(byName.get(name))),
    compared(name) ? ratio(compared(name)) : '-',
    median(rounds.map((round) => round.microseconds)).toFixed(0),
  ]);
  const lines = ['', table(['', 'per second', 'ratio to bare (IQR)', 'CPU us each'], rows)];
  for (const [name, label] of [
    ['rotate', 'store, rotate'],
    ['read', 'store, read and rotate'],
    ['service', 'service, refresh'],
  ]) {
    if (bare && byName.has(name))
      lines.push(target(`${label}, against the bare UPDATE`, compared(name).median, TARGET));
  }
  return lines.join('\n');
}

async function rowsPerFamily(prefix, count) {
  return withPostgres(async (client) => {
    const rowsOf = async (name) => {
      const { rows } = await client.query(`select count(*)::int as rows from "${prefix}${name}"`);
      return rows[0].rows;
    };
    const own = (await rowsOf('auth_refresh_token_family')) / (9 * count);
    const others = (await rowsOf('token')) / count;
    return `note    rows per family at the end: ${own.toFixed(2)} here, ${others.toFixed(1)} with a row per token`;
  });
}
