import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isPlain, SUITES } from './suites.mjs';

const PLAIN_RUN = join(import.meta.dirname, 'plain-run.mjs');
// Far beyond what the tests take: a mutant that hangs them has told nothing.
const PLAIN_LIMIT_MS = 60_000;
const JEST_LIMIT_MS = 15 * 60_000;

/**
 * Runs suites on a working copy. Gives for each its number of tests, and the names of those that failed. Throws when
 * a suite could not be run to its end, or has no tests: that shows nothing about a mutant.
 */
export async function runSuites(copy, names, { env, signal }) {
  const plain = names.filter(isPlain);
  const ofJest = names.filter((name) => !isPlain(name));
  const outcomes = {};
  if (plain.length > 0) {
    const args = [PLAIN_RUN, copy.compiled, ...plain];
    const output = await run(args, { env, signal }, PLAIN_LIMIT_MS);
    try {
      Object.assign(outcomes, JSON.parse(output));
    } catch {
      throw new Error(`the tests did not come to their end:\n${output}`);
    }
  }
  if (ofJest.length > 0) Object.assign(outcomes, await runJest(copy.folder, ofJest, { env, signal }));
  for (const name of names) if (!(outcomes[name]?.tests > 0)) throw new Error(`"${name}" ran no test`);
  return outcomes;
}

/** All in one start of Jest. */
async function runJest(folder, names, settings) {
  const suites = names.map((name) => SUITES[name]);
  const results = join(folder, 'results.json');
  rmSync(results, { force: true });
  const args = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--runInBand',
    '--json',
    `--outputFile=${results}`,
    // What was transformed of a broken file goes with the folder.
    `--cacheDirectory=${join(folder, '.jest-cache')}`,
    ...(suites.every(({ tests }) => tests)
      ? ['--testNamePattern', `^(${suites.map(({ tests }) => tests).join('|')})`]
      : []),
    '--selectProjects',
    ...new Set(suites.map(({ project }) => project)),
    '--runTestsByPath',
    ...new Set(suites.map(({ file }) => file)),
  ];
  const output = await run(args, { ...settings, cwd: folder }, JEST_LIMIT_MS);
  let files;
  try {
    files = JSON.parse(readFileSync(results, 'utf8')).testResults;
  } catch {
    throw new Error(`the tests did not come to their end:\n${output}`);
  }
  const outcomes = {};
  for (const name of names) {
    const { file, tests = '' } = SUITES[name];
    const found = files.find((one) => one.name === join(folder, file));
    const ran = (found?.assertionResults ?? []).filter(
      ({ fullName, status }) => fullName.startsWith(tests) && ['passed', 'failed'].includes(status),
    );
    if (ran.length === 0) throw new Error(`"${name}" ran no test:\n${found?.message || output}`);
    const failed = ran.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
    outcomes[name] = { tests: ran.length, failed };
  }
  return outcomes;
}

/** Runs a program of Node to its end, and gives what it wrote. */
async function run(args, { cwd, env, signal }, limitMs) {
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const stop = () => child.kill('SIGTERM');
  const timer = setTimeout(stop, limitMs);
  signal.addEventListener('abort', stop, { once: true });
  await once(child, 'close');
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  return output;
}
