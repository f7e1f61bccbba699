// Random schedules on real databases, in several processes: `npm run soak -- --help` tells the options.
import { parseArgs } from 'node:util';
import { DATABASES } from './database.mjs';
import { interruption, playUnlessInterrupted } from './interruption.mjs';
import { COLUMNS, printStory, table } from './report.mjs';
import { SoakRun } from './run.mjs';

const HELP = `npm run soak -- [options]
  --database   ${DATABASES.join(', ')}; several with commas (default: all)
  --rotations  for each database (default: 100000)
  --processes  that share the database, 2 to 4 (default: 3)
  --pools      sizes of each process's pool, with commas; the rotations are shared out (default: 1,10)
  --seed       repeats the schedules of a run that printed it
  --seconds    ends each database after so long (default: no limit)
  --lanes      people at the same time (default: 24)
  --json       prints the summaries as JSON
`;

const { values: given } = parseArgs({
  options: {
    database: { type: 'string', default: DATABASES.join(',') },
    rotations: { type: 'string', default: '100000' },
    processes: { type: 'string', default: '3' },
    pools: { type: 'string', default: '1,10' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
    seconds: { type: 'string', default: '86400' },
    lanes: { type: 'string', default: '24' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (given.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

const processes = Number(given.processes);
const databases = given.database.split(',');
const unknown = databases.find((database) => !DATABASES.includes(database));
if (unknown || !(processes >= 2 && processes <= 4)) {
  process.stderr.write(HELP);
  process.exit(2);
}

const signal = interruption();
const seed = Number(given.seed);
const summaries = [];
process.stderr.write(`seed ${seed}\n`);
for (const database of databases) {
  // A file has one connection in each process.
  const pools = database === 'sqlite' ? [1] : given.pools.split(',').map(Number);
  for (const poolSize of pools) {
    const name = `${database}, ${processes} processes, pool of ${poolSize}`;
    const run = new SoakRun({
      database,
      processes,
      poolSize,
      seed,
      rotations: Math.ceil(Number(given.rotations) / pools.length),
      seconds: Number(given.seconds) / pools.length,
      lanes: Number(given.lanes),
    });
    const progress = (line) => process.stderr.write(`${name}: ${line}\n`);
    const summary = await playUnlessInterrupted(run, signal, progress);
    process.stderr.write(`${name}: done\n${table(COLUMNS, [summary])}`);
    summaries.push(summary);
  }
}

if (given.json) process.stdout.write(`${JSON.stringify(summaries)}\n`);
else process.stdout.write(table(COLUMNS, summaries));
const violations = summaries.flatMap((summary) => summary.violations);
for (const violation of violations.slice(0, 3)) printStory(violation, seed);
process.exitCode = violations.length > 0 ? 1 : 0;
