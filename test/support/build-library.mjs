// The processes of the race tests run the library as it is published: built, before any of them starts.
// `npm run typecheck` checks the types; those of another row of the matrix would not be ours to mend.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export default function buildLibrary() {
  const root = join(import.meta.dirname, '../..');
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'libs/auth/tsconfig.build.json', '--noCheck'], {
    cwd: root,
    stdio: 'inherit',
  });
}
