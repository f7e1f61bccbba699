/**
 * The suites that need no Jest: the decision table's spec, and the contract, which is made for any runner.
 * `node plain-run.mjs <folder of the compiled library> <suite>` prints its number of tests, and those that failed.
 */
import { join } from 'node:path';
import { databaseHarness, memoryHarness } from './contract-stores.mjs';
import { cases } from './spec-globals.mjs';
import { SUITES } from './suites.mjs';

const HOUR_MS = 3_600_000;
// A sentence that takes longer than this does not hold.
const LIMIT_MS = 30_000;

const [library, name] = process.argv.slice(2);
const { spec, contractOn, hostClockIsWrong } = SUITES[name];

async function testsOfSuite() {
  if (spec) {
    await import(join(library, spec));
    return cases;
  }
  const { authStoresContract } = await import(join(library, 'testing/index.js'));
  const harness = await (contractOn === 'memory'
    ? memoryHarness(library)
    : databaseHarness(library, contractOn));
  if (hostClockIsWrong) {
    const { now } = Date;
    Date.now = () => now() + HOUR_MS;
  }
  return authStoresContract(() => harness);
}

const tests = await testsOfSuite();
const failed = [];
for (const { name: test, run } of tests) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(reject, LIMIT_MS)));
  await Promise.race([(async () => run())(), late]).catch(() => failed.push(test));
  clearTimeout(timer);
}
process.stdout.write(JSON.stringify({ tests: tests.length, failed }), () => process.exit());
