/**
 * The contract of stores under three test runners, in an empty project with the packed package: the test files are those
 * of docs/writing-a-store.md, and each runner must see the same cases pass, and a broken store fail.
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { authStoresContract } from 'nestjs-aerie/testing';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Runner, RUNNERS, writeTest } from '../stores/written-store.js';
import { run, runToEnd } from '../support/processes.js';
import { packedForTests } from './packed-library.js';

const NAMES = authStoresContract(() => {
  throw new Error('only their names are asked for');
}).map(({ name }) => name);

/** In the place of the page's harness: stores in memory, or such as ignore the epoch that was read. */
const HARNESS = `
import { MemoryStores } from 'nestjs-aerie/testing';
const stores = new MemoryStores();
if (process.env.BROKEN) {
  const { sessions } = stores;
  const open = sessions.open;
  sessions.open = async (session) => {
    const epochs = await stores.subjects.epochs(session.epochs.subject);
    return open.call(sessions, { ...session, epochs });
  };
}
const age = (id, ms) => stores.age(id, ms);
const announced = (kind, value) => stores.announced(kind, value);
export const harness = () => ({ stores, age, announced });
export const close = () => {};
`;

/** What such a store does not do. */
const BROKEN = [
  'sessions: open: writes nothing when the subject changed since its epoch was read',
  'limit: a subject that changed is told so, at its limit too',
];

interface Seen {
  readonly passed: number;
  readonly failed: readonly string[];
}

const packed = packedForTests();
let project: string;
beforeAll(async () => {
  project = join(packed.folder, 'project');
  const manifest = {
    private: true,
    type: 'module',
    devDependencies: {
      'nestjs-aerie': `file:${packed.tarball}`,
      '@jest/globals': '^30.0.0',
      jest: '^30.0.0',
      vitest: '^4.0.0',
    },
  };
  await mkdir(project);
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest));
  const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', ['install', ...flags], { cwd: project });
  await writeFile(join(project, 'harness.mjs'), HARNESS);
}, 180_000);

describe.each(RUNNERS)('the contract, under %s', (runner) => {
  it('has the same cases, all of which pass', async () => {
    expect(NAMES.length).toBeGreaterThan(100);
    expect(await seenBy(runner, {})).toEqual({ passed: NAMES.length, failed: [] });
  }, 60_000);

  it('fails for a store that is broken', async () => {
    expect(await seenBy(runner, { BROKEN: '1' })).toEqual({
      passed: NAMES.length - BROKEN.length,
      failed: BROKEN,
    });
  }, 60_000);
});

/** Runs the page's test file for a runner, and gives what its own report says. */
async function seenBy(runner: Runner, env: Readonly<Record<string, string>>): Promise<Seen> {
  const cwd = project;
  const file = await writeTest(cwd, runner);
  const report = join(packed.folder, `${runner}.json`);
  const bin = (path: string) => join('node_modules', path);
  const args = {
    jest: ['--experimental-vm-modules', bin('jest/bin/jest.js'), file, '--json', `--outputFile=${report}`],
    vitest: [bin('vitest/vitest.mjs'), 'run', file, '--reporter=json', `--outputFile=${report}`],
    node: ['--test', '--test-reporter=tap', file],
  }[runner];
  // What this run says of itself is not for those.
  const { code, stdout } = await runToEnd(process.execPath, args, {
    cwd,
    env: { NODE_OPTIONS: '', NODE_ENV: 'test', VITEST: '', ...env },
  });
  const seen = runner === 'node' ? ofTap(stdout) : ofJson(await readFile(report, 'utf8'));
  expect(code === 0).toBe(seen.failed.length === 0);
  return seen;
}

/** Jest's report, which is Vitest's too. */
function ofJson(report: string): Seen {
  const { numPassedTests, testResults } = JSON.parse(report) as {
    numPassedTests: number;
    testResults: { assertionResults: { title: string; status: string }[] }[];
  };
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  return {
    passed: numPassedTests,
    failed: all.filter(({ status }) => status !== 'passed').map(({ title }) => title),
  };
}

function ofTap(stdout: string): Seen {
  const cases = [...stdout.matchAll(/^ {4}(not )?ok \d+ - (.*?)( # .*)?$/gm)];
  const names = cases.map(([, not, name]) => ({ not, name: name! }));
  return {
    passed: names.filter(({ not }) => !not).length,
    failed: names.filter(({ not }) => not).map(({ name }) => name),
  };
}
