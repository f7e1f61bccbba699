import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SUITES } from './suites.mjs';

const PLAIN_RUN = join(import.meta.dirname, 'plain-run.mjs');
// Far beyond what the tests take: a mutant that hangs them has told nothing.
const PLAIN_LIMIT_MS = 5 * 60_000;
const JEST_LIMIT_MS = 15 * 60_000;

/**
 * Runs suites on a working copy. Gives for each its number of tests, and the names of those that failed. Throws when
 * a suite could not be run to its end, or has no tests: that shows nothing about a mutant.
 */
export async function runSuites(copy, names, settings) {
  const outcomes = {};
  for (const name of names) {
    outcomes[name] = await (SUITES[name].project
      ? runJest(copy.folder, SUITES[name], settings)
      : runPlain(copy.compiled, name, settings));
    if (!(outcomes[name].tests > 0)) throw new Error(`"${name}" ran no test`);
  }
  return outcomes;
}

async function runPlain(library, name, settings) {
  const output = await run([PLAIN_RUN, library, name], settings, PLAIN_LIMIT_MS);
  try {
    return JSON.parse(output.slice(output.lastIndexOf('{')));
  } catch {
    throw new Error(`"${name}" did not come to its end:\n${output}`);
  }
}

async function runJest(folder, { project, file }, settings) {
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
    '--selectProjects',
    project,
    '--runTestsByPath',
    file,
  ];
  const output = await run(args, { ...settings, cwd: folder }, JEST_LIMIT_MS);
  let ran;
  try {
    [{ assertionResults: ran }] = JSON.parse(readFileSync(results, 'utf8')).testResults;
  } catch {
    throw new Error(`${file} did not come to its end:\n${output}`);
  }
  const failed = ran.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  return { tests: ran.length, failed };
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
