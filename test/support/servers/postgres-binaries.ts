import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const VERSIONS = '/usr/lib/postgresql';

/** The folder of initdb, pg_ctl and pg_basebackup: `TEST_POSTGRES_BIN`, or the newest that is installed. */
export function postgresBinaries(): string {
  const installed = existsSync(VERSIONS) ? readdirSync(VERSIONS) : [];
  const newest = installed.sort((a, b) => Number(b) - Number(a))[0] ?? 'none';
  const folder = process.env['TEST_POSTGRES_BIN'] ?? join(VERSIONS, newest, 'bin');
  for (const program of ['initdb', 'pg_ctl', 'pg_basebackup']) {
    if (!existsSync(join(folder, program))) {
      throw new Error(`${join(folder, program)} is missing: PostgreSQL's own programs are needed here`);
    }
  }
  return folder;
}

/** Whom the servers run as: PostgreSQL refuses root. */
export function postgresOwner(): { uid: number; gid: number } {
  const [uid, gid] = [process.getuid!(), process.getgid!()];
  if (uid !== 0) return { uid, gid };
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
