// A copy of this checkout with the versions of a row, installed from the lock file: what the row does not name stays as
// it is locked.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run } from './processes.mjs';

const NOT_COPIED = new Set(['.git', 'node_modules', 'var', 'dist', 'coverage']);

/** Copies what is there without what was built or installed. */
export function copyCheckout(folder) {
  const isCopied = (path) =>
    !path
      .slice(ROOT.length)
      .split(/[/\\]/)
      .some((part) => NOT_COPIED.has(part));
  for (const name of readdirSync(ROOT).filter((entry) => !NOT_COPIED.has(entry)))
    cpSync(join(ROOT, name), join(folder, name), { recursive: true, filter: isCopied });
}

/** Installs a row's packages in a copy; throws with npm's words when that fails. */
export async function installRow({ packages }, folder, env) {
  const command = Object.keys(packages).length === 0 ? 'ci' : 'install';
  if (command === 'install') pin(packages, folder);
  const { code, output } = await run('npm', [command], { cwd: folder, env });
  if (code !== 0) throw new Error(`npm ${command} ended with ${code}\n${output}`);
}

/** Writes the row's versions into the manifest, and has the lock file forget those of their families, for npm to choose. */
function pin(packages, folder) {
  const manifest = read(folder, 'package.json');
  const { dependencies, devDependencies } = manifest;
  for (const [name, version] of Object.entries(packages))
    (name in dependencies ? dependencies : devDependencies)[name] = version;
  const lock = read(folder, 'package-lock.json');
  for (const path of Object.keys(lock.packages))
    if (/^node_modules\/(@nestjs\/|typeorm(\/|$))/.test(path)) delete lock.packages[path];
  Object.assign(lock.packages[''], { dependencies, devDependencies });
  write(folder, 'package.json', manifest);
  write(folder, 'package-lock.json', lock);
}

const read = (folder, name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const write = (folder, name, value) =>
  writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
