import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../processes.js';
import { databaseAnswers, queryOnce, type ServerAddress } from './database-answers.js';
import type { OwnProcess } from './own-process.js';
import { type Owner, ProcessHome } from './process-home.js';

/** MariaDB refuses root, as PostgreSQL does. */
function mariaDbOwner(): Owner {
  const [uid, gid] = [process.getuid!(), process.getgid!()];
  if (uid !== 0) return { uid, gid };
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'mysql'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** A MariaDB server of its own on a port of loopback that stays the same. */
export class OwnMariaDb implements ServerAddress {
  readonly type = 'mariadb';
  private readonly owner = mariaDbOwner();
  private readonly data: string;
  private server!: OwnProcess;

  private constructor(
    private readonly home: ProcessHome,
    readonly port: number,
  ) {
    this.data = home.folder('mariadb', this.owner);
  }

  static async start(): Promise<OwnMariaDb> {
    const home = new ProcessHome();
    try {
      const mariadb = new OwnMariaDb(home, await freePort());
      const install = [
        '--no-defaults',
        `--datadir=${mariadb.data}`,
        '--auth-root-authentication-method=normal',
      ];
      await home.run('mariadb-install-db', [...install, '--skip-test-db'], mariadb.owner);
      await mariadb.start();
      await queryOnce({ type: 'mariadb', url: mariadb.urlOf('mysql') }, 'create database test');
      return mariadb;
    } catch (error) {
      await home.close();
      throw error;
    }
  }

  get url(): string {
    return this.urlOf('test');
  }

  /** Again on the same port and data, after it was stopped. */
  async start(): Promise<void> {
    const where = [`--datadir=${this.data}`, `--port=${this.port}`, '--bind-address=127.0.0.1'];
    const socket = [`--socket=${join(this.data, 'm.sock')}`, `--pid-file=${join(this.data, 'm.pid')}`];
    // It is processes that die here, not the machine: a commit is written, and does not wait for the disk.
    const light = ['--innodb-buffer-pool-size=32M', '--innodb-flush-log-at-trx-commit=2', '--skip-log-bin'];
    const args = ['--no-defaults', ...where, ...socket, ...light];
    this.server = this.home.spawn('mariadbd', args, this.owner);
    await this.server.ready(() => databaseAnswers({ type: 'mariadb', url: this.urlOf('mysql') }));
  }

  /** `immediate`: as a loss of power, it recovers at its next start; `fast`: what is under way is rolled back. */
  stop(how: 'immediate' | 'fast' = 'fast'): Promise<void> {
    return how === 'immediate' ? this.server.kill() : this.server.end('SIGTERM');
  }

  /** It accepts connections and answers nothing, on those that are open as on new ones, until `resume`. */
  hang(): Promise<void> {
    return this.server.suspend();
  }

  resume(): void {
    this.server.resume();
  }

  /** One query on a connection of its own. */
  query<R>(text: string): Promise<R[]> {
    return queryOnce(this, text);
  }

  answers(withinMs: number): Promise<boolean> {
    return databaseAnswers(this, withinMs);
  }

  close(): Promise<void> {
    return this.home.close();
  }

  private urlOf(database: string): string {
    return `mariadb://root@127.0.0.1:${this.port}/${database}`;
  }
}
