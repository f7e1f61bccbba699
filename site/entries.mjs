// The entries of the package, as its package.json lists them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const LIBRARY = join(import.meta.dirname, '../libs/auth');
const { exports } = JSON.parse(readFileSync(join(LIBRARY, 'package.json'), 'utf8'));

/** Each as it is imported, `nestjs-aerie/sql`, with the path of its source. */
export const ENTRIES = Object.entries(exports)
  .filter(([, target]) => typeof target === 'object')
  .map(([subpath, target]) => ({
    name: `nestjs-aerie${subpath.slice(1)}`,
    source: join(LIBRARY, target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts')),
  }));
