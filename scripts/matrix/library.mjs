// The package as it is published: built and packed here, with the locked versions, and used with those of each row.
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run } from './processes.mjs';

/** The path of the tarball. */
export async function packedLibrary() {
  const folder = join(ROOT, 'var/matrix-library');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await succeed(process.execPath, ['scripts/build-library.mjs', folder], ROOT);
  const source = join(ROOT, 'libs/auth');
  const { files } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  for (const entry of ['package.json', ...files.filter((file) => !['dist', 'docs'].includes(file))])
    cpSync(join(source, entry), join(folder, entry), { recursive: true });
  const packed = await succeed('npm', ['pack', '--json', '--ignore-scripts'], folder);
  return join(folder, JSON.parse(packed)[0].filename);
}

async function succeed(command, args, cwd) {
  const { code, output } = await run(command, args, { cwd });
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${code}\n${output}`);
  return output;
}
