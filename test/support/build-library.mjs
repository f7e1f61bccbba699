// The processes of the race tests run the library as it is published: built, before any of them starts.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export default function buildLibrary() {
  const root = join(import.meta.dirname, '../..');
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'libs/auth/tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
}
