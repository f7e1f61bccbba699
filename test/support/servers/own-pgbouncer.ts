import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../processes.js';
import { databaseAnswers } from './database-answers.js';
import { postgresOwner } from './postgres-binaries.js';
import { ProcessHome } from './process-home.js';

export type PoolMode = 'session' | 'transaction';

/** A PgBouncer of its own on a port of loopback, before a PostgreSQL server. */
export class OwnPgBouncer {
  private constructor(
    private readonly home: ProcessHome,
    readonly url: string,
  ) {}

  static async start(server: string, mode: PoolMode): Promise<OwnPgBouncer> {
    const home = new ProcessHome();
    try {
      const { hostname, port, username, pathname } = new URL(server);
      const database = pathname.slice(1);
      const own = await freePort();
      const owner = postgresOwner();
      const file = join(home.folder('pgbouncer', owner), 'pgbouncer.ini');
      const lines = [
        '[databases]',
        `${database} = host=${hostname} port=${port || 5432} dbname=${database} user=${username}`,
        '[pgbouncer]',
        'listen_addr = 127.0.0.1',
        `listen_port = ${own}`,
        'unix_socket_dir =',
        'auth_type = any',
        `pool_mode = ${mode}`,
        'default_pool_size = 8',
        'ignore_startup_parameters = extra_float_digits',
      ];
      writeFileSync(file, `${lines.join('\n')}\n`);
      const url = `postgres://${username}@127.0.0.1:${own}/${database}`;
      const program = home.spawn('/usr/sbin/pgbouncer', [file], owner);
      await program.ready(() => databaseAnswers({ type: 'postgres', url }));
      return new OwnPgBouncer(home, url);
    } catch (error) {
      await home.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.home.close();
  }
}
