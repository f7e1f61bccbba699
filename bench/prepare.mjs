// Makes ready what a benchmark needs, when it is not: the packages of this folder, and the library built as it is now.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const BUILT = join(ROOT, 'libs/auth/dist/index.js');
const SOURCES = join(ROOT, 'libs/auth/src');

const missing = missingPackages();
if (missing.length > 0) run(`bench lacks ${missing.join(', ')}`, 'ci', '--prefix', 'bench');
if (!existsSync(BUILT)) run('the library is not built', 'run', '--silent', 'build');
else if (newestChange(SOURCES) > statSync(BUILT).mtimeMs)
  run('the library was changed since it was built', 'run', '--silent', 'build');

function missingPackages() {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'bench/package.json'), 'utf8'));
  return Object.keys(dependencies).filter((name) => !existsSync(join(ROOT, 'bench/node_modules', name)));
}

/** Of files and of folders: those tell of what was deleted. */
function newestChange(folder) {
  const paths = readdirSync(folder, { recursive: true }).map((path) => join(folder, path));
  return Math.max(...[folder, ...paths].map((path) => statSync(path).mtimeMs));
}

function run(reason, ...args) {
  process.stderr.write(`${reason}: npm ${args.join(' ')}\n`);
  const { status } = spawnSync('npm', args, { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  process.stderr.write(`npm ${args.join(' ')} failed: run it by hand to see why\n`);
  process.exit(1);
}
