// Adds up what Jest counted, from the result files in a folder, and prints it. Fails when a test failed or was left
// out, a file could not run or ran no test, or one of the four kinds of tests did not run at all.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const KINDS = {
  unit: /\.spec\.ts$/,
  e2e: /\.e2e-spec\.ts$/,
  services: /\.services-spec\.ts$/,
  package: /\.package-spec\.ts$/,
};

const folder = process.argv[2];
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
const runs = files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
const suites = runs.flatMap((run) => run.testResults);
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
const idle = Object.keys(KINDS).filter(
  (kind) => !suites.some((suite) => KINDS[kind].test(suite.name) && ran(suite)),
);
for (const { name } of broken) console.error(`could not run: ${name}`);
for (const { name } of empty) console.error(`ran no test: ${name}`);
for (const line of skipped) console.error(line);
for (const kind of idle) console.error(`no ${kind} test ran`);

const passed = sum('numPassedTests');
const failed = sum('numFailedTests') + broken.length;
const left = sum('numPendingTests') + sum('numTodoTests');
const incomplete = left + empty.length + skipped.length + idle.length > 0;
process.exitCode = failed > 0 || incomplete || runs.some((run) => !run.success) ? 1 : 0;
console.log(`${passed} passed, ${failed} failed`);
