// Crashes on real databases: `npm run crashes -- --help` tells the options.
import { readCommandLine } from '../soak/command-line.mjs';
import { DATABASES } from '../soak/database.mjs';
import { interruption, playUnlessInterrupted } from '../soak/interruption.mjs';
import { printStory, table } from '../soak/report.mjs';
import { CrashRun } from './crash-run.mjs';

const HELP = `npm run crashes -- [options]
  --database  ${DATABASES.join(', ')}; several with commas (default: all)
  --kills     of processes, shared out to the databases (default: 1000)
  --seed      repeats what is drawn; when a process is killed is up to the machine
  --lanes     processes at the same time (default: 6)
  --json      prints the summaries as JSON
`;
const COLUMNS = {
  database: (summary) => summary.database,
  'processes killed': (summary) => summary.kills,
  'connections cut': (summary) => summary.cuts,
  'requests answered': (summary) => summary.answered,
  'answers dropped': (summary) => summary.dropped,
  'families in the state before': (summary) => summary.before,
  'families in the state after': (summary) => summary.after,
  'went on by a replay': (summary) => summary.replays,
  'went on by a late retry': (summary) => summary.lateRetries,
  'step-ups whose answer was lost': (summary) => summary.stepUpsLost,
  'false logouts': (summary) => summary.falseLogouts,
  seconds: (summary) => summary.seconds,
  violations: (summary) => summary.violations.length,
};

const given = readCommandLine(
  HELP,
  { database: DATABASES, kills: 1_000, seed: Math.floor(Math.random() * 1e9), lanes: 6 },
  { database: DATABASES },
);
const { database: databases, seed, lanes } = given;

const signal = interruption();
const summaries = [];
process.stderr.write(`seed ${seed}\n`);
for (const database of databases) {
  const kills = Math.ceil(given.kills / databases.length);
  const run = new CrashRun({ database, kills, seed, lanes });
  const progress = (line) => process.stderr.write(`${database}: ${line}\n`);
  const summary = await playUnlessInterrupted(run, signal, progress);
  process.stderr.write(`${database}: done, ${summary.violations.length} violations\n`);
  summaries.push(summary);
}

if (given.json) process.stdout.write(`${JSON.stringify(summaries)}\n`);
else process.stdout.write(table(COLUMNS, summaries));
if (summaries.some(({ kills }) => kills === 0)) throw new Error('no process was killed: nothing is shown');
const violations = summaries.flatMap((summary) => summary.violations);
for (const violation of violations.slice(0, 3)) printStory(violation, seed);
process.exitCode = violations.length > 0 ? 1 : 0;
