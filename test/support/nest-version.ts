import { createRequire } from 'node:module';

const { version } = createRequire(import.meta.url)('@nestjs/core/package.json') as { version: string };

/** Whether this checkout, or this row of the matrix, has Nest 11. */
export const IS_NEST_11 = version.startsWith('11.');
