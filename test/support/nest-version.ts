import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './build-output.js';

// Read, not imported: Nest 12.0 does not export it.
const manifest = readFileSync(join(ROOT, 'node_modules/@nestjs/core/package.json'), 'utf8');
const { version } = JSON.parse(manifest) as { version: string };

/** Whether this checkout, or this row of the matrix, has Nest 11. */
export const IS_NEST_11 = version.startsWith('11.');
