// Adds up what Jest counted, from the result files in a folder, and prints it. Fails when a test failed, a file could
// not run, or one of the four kinds of tests did not run at all.
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
const idle = Object.keys(KINDS).filter(
  (kind) =>
    !suites.some(
      ({ name, assertionResults }) =>
        KINDS[kind].test(name) &&
        assertionResults.some(({ status }) => status === 'passed' || status === 'failed'),
    ),
);
for (const { name } of broken) console.error(`could not run: ${name}`);
for (const kind of idle) console.error(`no ${kind} test ran`);

const passed = sum('numPassedTests');
const failed = sum('numFailedTests') + broken.length;
process.exitCode = failed > 0 || idle.length > 0 || runs.some((run) => !run.success) ? 1 : 0;
console.log(`${passed} passed, ${failed} failed`);
