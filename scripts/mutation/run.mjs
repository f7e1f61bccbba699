/**
 * Breaks the store and the decision table on purpose, one way at a time, and shows that the suites notice. A suite
 * that a mutant names and that stays green is a hole in it.
 *
 *   npm run mutants                          every mutant, every suite: needs PostgreSQL and MariaDB
 *   npm run mutants -- --memory              what needs no database
 *   npm run mutants -- --suite sqlite        what one suite catches; may be given again for more
 *   npm run mutants -- --only 'replay'       those whose name or file holds a text
 *   npm run mutants -- --json FILE           what came of it, in the form of Jest's results
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { MUTANTS } from './mutants.mjs';
import { ownDatabases } from './own-databases.mjs';
import { IN_MEMORY, needsServers, SUITES } from './suites.mjs';
import { runSuites } from './test-run.mjs';
import { WorkingCopy } from './working-copy.mjs';

const { values: options } = parseArgs({
  options: {
    memory: { type: 'boolean', default: false },
    suite: { type: 'string', multiple: true },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
  },
});
const STARTED = Date.now();
const say = (text) => process.stderr.write(`${text}\n`);
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interrupted.abort(new Error(signal)));

/** Mutants of this run, each with the suites of this run that must catch it. */
function chosen() {
  const inUse = options.suite ?? (options.memory ? IN_MEMORY : Object.keys(SUITES));
  return MUTANTS.filter(({ breaks, file }) => `${breaks} ${file}`.includes(options.only))
    .map((mutant) => ({ ...mutant, suites: mutant.suites.filter((suite) => inUse.includes(suite)) }))
    .filter(({ suites }) => suites.length > 0);
}

async function check(copy, mutants, env) {
  const run = { env: { ...process.env, ...env }, signal: interrupted.signal };
  // All of them, those of this run or not: a mutant whose text is gone would never be tried again.
  for (const mutant of MUTANTS) copy.breakBy(mutant)();

  const suites = Object.keys(SUITES).filter((suite) => mutants.some((one) => one.suites.includes(suite)));
  say(`without a mutant: ${suites.join(', ')} ...`);
  for (const [suite, { tests, failed }] of Object.entries(await runSuites(copy, suites, run))) {
    if (failed.length > 0) throw new Error(`"${suite}" fails without a mutant: ${failed[0]}`);
    say(`  ${suite}: ${tests} passed`);
  }

  const survivors = [];
  const results = [];
  for (const [index, mutant] of mutants.entries()) {
    const began = performance.now();
    const mend = copy.breakBy(mutant);
    let outcomes;
    try {
      outcomes = await runSuites(copy, mutant.suites, run);
    } catch (cause) {
      throw new Error(`"${mutant.breaks}" cannot be tried: ${cause.message}`, { cause });
    } finally {
      mend();
    }
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    say(`${index + 1}/${mutants.length} ${mutant.breaks} (${seconds} s)`);
    console.log(`\n${mutant.breaks}  [${mutant.file}, ${seconds} s]`);
    for (const [suite, { tests, failed }] of Object.entries(outcomes)) {
      const fullName = `${mutant.breaks} (${suite})`;
      results.push({ fullName, status: failed.length > 0 ? 'passed' : 'failed' });
      if (failed.length === 0) survivors.push(fullName);
      console.log(
        failed.length > 0
          ? `  ${suite}: ${failed.length} of ${tests}: ${failed[0]}`
          : `  ${suite}: SURVIVED ${tests} tests`,
      );
    }
  }
  if (options.json) writeResults(options.json, results);
  return survivors;
}

/** A mutant that a suite has caught is a test that passed. */
function writeResults(file, assertionResults) {
  const failed = assertionResults.filter(({ status }) => status === 'failed').length;
  const suite = { name: import.meta.filename, startTime: STARTED, endTime: Date.now(), assertionResults };
  const numbers = { numPassedTests: assertionResults.length - failed, numFailedTests: failed };
  const none = { numPendingTests: 0, numTodoTests: 0 };
  writeFileSync(file, JSON.stringify({ ...numbers, ...none, success: failed === 0, testResults: [suite] }));
}

const mutants = chosen();
const copy = new WorkingCopy();
let databases;
try {
  const needed = mutants.some(({ suites }) => suites.some(needsServers));
  if (needed) databases = await ownDatabases();
  const survivors = await check(copy, mutants, databases?.env);
  console.log(`\n${mutants.length} mutants, ${survivors.length} survived`);
  for (const survivor of survivors) console.log(`SURVIVED: ${survivor}`);
  process.exitCode = survivors.length > 0 || mutants.length === 0 ? 1 : 0;
} catch (error) {
  console.error(error.message);
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
} finally {
  copy.remove();
  await databases?.drop();
}
