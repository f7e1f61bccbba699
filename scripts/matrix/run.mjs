// The tests on each combination of versions that matters (rows.mjs), each in a copy of this checkout.
//
//   npm run test:matrix                        every row: unit and end-to-end tests, the contract of the stores on
//                                              PostgreSQL and MariaDB, the packed package in an empty project, the demo
//   npm run test:matrix -- --list              the rows
//   npm run test:matrix -- oldest newest       these rows alone
//   npm run test:matrix -- --some oldest       without the servers' tests and most end-to-end tests
//   npm run test:matrix -- --json FOLDER ...   Jest's results, for scripts/count-tests.mjs
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { copyCheckout, installRow } from './checkout.mjs';
import { demoAnswers } from './demo.mjs';
import { packedLibrary } from './library.mjs';
import { envOf, nodeOf } from './node-binary.mjs';
import { ROOT, run } from './processes.mjs';
import { ROWS, versionIn } from './rows.mjs';

const SOME = ['libs', 'src', 'test/refresh', 'test/databases'];
// NATS has another client on Nest 11.
const CONTRACT = ['test/contract/', 'test/databases/', 'test/microservices/'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { list: { type: 'boolean' }, some: { type: 'boolean' }, json: { type: 'string' } },
});
const unknown = positionals.filter((name) => !ROWS.some((row) => row.name === name));
if (unknown.length > 0) {
  console.error(`there is no row ${unknown.join(', ')}: ${ROWS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
if (values.list) {
  for (const row of ROWS) console.log(`${row.name.padEnd(12)} ${described(row)}`);
  process.exit(0);
}
if (values.json) mkdirSync(values.json, { recursive: true });

const rows = positionals.length > 0 ? ROWS.filter(({ name }) => positionals.includes(name)) : ROWS;
const tarball = await packedLibrary();
const summary = [];
for (const [i, row] of rows.entries()) {
  console.log(`\n== ${row.name} (${i + 1} of ${rows.length}): ${described(row)}`);
  const results = await tried(row);
  summary.push(
    `${row.name.padEnd(12)} ${results.map(([step, ok]) => `${step} ${ok ? 'passed' : 'FAILED'}`).join(', ')}`,
  );
  if (results.some(([, ok]) => !ok)) process.exitCode = 1;
}
console.log(`\n${summary.join('\n')}`);

function described(row) {
  const of = (name) => versionIn(row, name, lock);
  return `Node.js ${row.node}, Nest ${of('@nestjs/core')}, TypeORM ${of('typeorm')}, TypeScript ${row.typescript}`;
}

/** The steps of a row, each with whether it passed; what follows a step that failed is tried all the same. */
async function tried(row) {
  // Outside of this checkout, whose node_modules would be found from within.
  const folder = mkdtempSync(join(tmpdir(), `aerie-${row.name}-`));
  const results = [];
  const step = async (name, work) => {
    const began = performance.now();
    const ok = await work().catch((error) => (console.error(error.message), false));
    results.push([name, ok]);
    const seconds = ((performance.now() - began) / 1_000).toFixed(0);
    console.log(`-- ${row.name}: ${name} ${ok ? 'passed' : 'FAILED'} (${seconds} s)`);
    return ok;
  };
  try {
    let env;
    const isInstalled = await step('install', async () => {
      env = envOf(await nodeOf(row.node));
      copyCheckout(folder);
      await installRow(row, folder, env);
      return true;
    });
    if (!isInstalled) return results;
    const jest = (name, script, files, more = {}) =>
      step(name, async () => {
        const json = values.json
          ? ['--json', `--outputFile=${resolve(values.json, `${row.name}.${name}.json`)}`]
          : [];
        const args = ['run', '--silent', script, '--', ...json, '--silent', ...files];
        return (await run('npm', args, { cwd: folder, env: { ...env, ...more }, shown: true })).code === 0;
      });
    await jest('tests', 'test', values.some ? SOME : []);
    if (!values.some) await jest('contract', 'test:services', CONTRACT);
    await jest('packed', 'test:package', ['test/package/packed'], {
      PACKED_ROW: row.name,
      PACKED_LIBRARY: tarball,
    });
    // The demo is an application of today's versions.
    if (Object.keys(row.packages).length === 0) await step('demo', () => demoAnswers(folder, env));
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
