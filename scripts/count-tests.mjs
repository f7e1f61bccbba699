// Adds up what Jest counted, from the result files in a folder, and prints it, after the ten slowest files. Fails when a
// test failed or was left out, a file could not run or ran no test, or something that was expected did not run at all.
//
//   node scripts/count-tests.mjs FOLDER NAME...
//
// A name is that of a result file, up to its first dot, or a kind of tests.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const KINDS = {
  unit: /\.spec\.ts$/,
  suites: /\.suite\.ts$/,
  services: /\.services-spec\.ts$/,
  package: /\.package-spec\.ts$/,
  proofs: /\.proofs-spec\.ts$/,
};
const SLOWEST = 10;

const [folder, ...expected] = process.argv.slice(2);
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
const runs = files.map((name) => ({
  name: name.split('.')[0],
  ...JSON.parse(readFileSync(join(folder, name), 'utf8')),
}));
const suites = runs.flatMap(({ name: run, testResults }) => testResults.map((suite) => ({ ...suite, run })));
const sum = (member) => runs.reduce((total, run) => total + run[member], 0);

const broken = suites.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
);
const ran = ({ assertionResults }) =>
  assertionResults.some(({ status }) => status === 'passed' || status === 'failed');
const empty = suites.filter((suite) => !broken.includes(suite) && !ran(suite));
const skipped = suites.flatMap(({ name, assertionResults }) =>
  assertionResults
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ status, fullName }) => `${status}: ${fullName} (${name})`),
);
const idle = expected.filter(
  (name) =>
    !runs.some((run) => run.name === name && run.testResults.some(ran)) &&
    !suites.some((suite) => KINDS[name]?.test(suite.name) && ran(suite)),
);

// Other versions of Node.js run in a copy.
const inRepository = (path) => path.replace(/^.*?\/(?=(libs|scripts|src|test)\/)/, '');
const seconds = ({ startTime, endTime }) => (endTime - startTime) / 1000;
const slowest = suites.filter(ran).sort((a, b) => seconds(b) - seconds(a));
if (slowest.length > 0) console.log('\nthe slowest files, in seconds:');
for (const suite of slowest.slice(0, SLOWEST))
  console.log(`${seconds(suite).toFixed(1).padStart(8)}  ${inRepository(suite.name)} (${suite.run})`);

for (const { name } of broken) console.error(`could not run: ${name}`);
for (const { name } of empty) console.error(`ran no test: ${name}`);
for (const line of skipped) console.error(line);
for (const name of idle) console.error(`no test of ${name} ran`);

const passed = sum('numPassedTests');
const failed = sum('numFailedTests') + broken.length;
const left = sum('numPendingTests') + sum('numTodoTests');
const incomplete = left + empty.length + skipped.length + idle.length > 0 || runs.length === 0;
process.exitCode = failed > 0 || incomplete || runs.some((run) => !run.success) ? 1 : 0;
console.log(`${passed} passed, ${failed} failed`);
