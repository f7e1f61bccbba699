import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ApplicationPath } from '../application/application-path.js';
import { type Finding, note, warning } from './finding.js';

const MAX_BYTES = 1024 * 1024;

/** `main` does not run here, so its text is searched: a proxy that is not trusted hides the address of every client. */
export function proxyOf({ given, file }: ApplicationPath, isProduction: boolean): Finding[] {
  const main = join(dirname(file), 'main.js');
  if (!existsSync(main) || statSync(main).size > MAX_BYTES) return [];
  if (/trust[ _-]?proxy/i.test(readFileSync(main, 'utf8'))) return [];
  return [
    (isProduction ? warning : note)(
      'trust-proxy',
      `${join(dirname(given), basename(main))} says nothing of "trust proxy" (Express) or trustProxy (Fastify): behind a proxy every request then seems to come from one address, in security events and in the queue for passwords`,
    ),
  ];
}
