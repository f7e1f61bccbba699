// Random schedules on real databases, in several processes: `npm run soak -- --help` tells the options.
import { readCommandLine } from './command-line.mjs';
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

const given = readCommandLine(
  HELP,
  {
    database: DATABASES,
    rotations: 100_000,
    processes: 3,
    pools: [1, 10],
    seed: Math.floor(Math.random() * 1e9),
    seconds: 86_400,
    lanes: 24,
  },
  { database: DATABASES, processes: [2, 3, 4] },
);
const { database: databases, processes, seed } = given;

const signal = interruption();
const summaries = [];
process.stderr.write(`seed ${seed}\n`);
for (const database of databases) {
  // A file has one connection in each process.
  const pools = database === 'sqlite' ? [1] : given.pools;
  for (const poolSize of pools) {
    const name = `${database}, ${processes} processes, pool of ${poolSize}`;
    const run = new SoakRun({
      database,
      processes,
      poolSize,
      seed,
      rotations: Math.ceil(given.rotations / pools.length),
      seconds: given.seconds / pools.length,
      lanes: given.lanes,
    });
    const progress = (line) => process.stderr.write(`${name}: ${line}\n`);
    const summary = await playUnlessInterrupted(run, signal, progress);
    process.stderr.write(`${name}: done, ${summary.violations.length} violations\n`);
    summaries.push(summary);
  }
}

if (given.json) process.stdout.write(`${JSON.stringify(summaries)}\n`);
else process.stdout.write(table(COLUMNS, summaries));
if (summaries.some(({ rotations }) => rotations === 0))
  throw new Error('nothing was rotated: nothing is shown');
const violations = summaries.flatMap((summary) => summary.violations);
for (const violation of violations.slice(0, 3)) printStory(violation, seed);
process.exitCode = violations.length > 0 ? 1 : 0;
