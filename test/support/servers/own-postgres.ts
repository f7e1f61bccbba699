import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../processes.js';
import { databaseAnswers, queryOnce, type ServerAddress } from './database-answers.js';
import type { OwnProcess } from './own-process.js';
import { postgresBinaries, postgresOwner } from './postgres-binaries.js';
import { ProcessHome } from './process-home.js';

const SETTINGS = {
  listen_addresses: `'127.0.0.1'`,
  unix_socket_directories: `''`,
  max_connections: '100',
  shared_buffers: `'32MB'`,
  // In the directory, so that nothing stays behind when it is killed.
  dynamic_shared_memory_type: 'mmap',
  autovacuum: 'off',
  // It is processes that die here, not the machine: what was written is there.
  fsync: 'off',
};

/** A PostgreSQL server of its own on a port of loopback that stays the same. */
export class OwnPostgres implements ServerAddress {
  readonly type = 'postgres';
  private readonly binaries = postgresBinaries();
  private readonly owner = postgresOwner();
  private readonly data: string;
  private server!: OwnProcess;

  private constructor(
    private readonly home: ProcessHome,
    readonly port: number,
  ) {
    this.data = home.folder('postgres', this.owner);
  }

  static async start(): Promise<OwnPostgres> {
    const home = new ProcessHome();
    try {
      const postgres = new OwnPostgres(home, await freePort());
      await postgres.initialise();
      await postgres.start();
      return postgres;
    } catch (error) {
      await home.close();
      throw error;
    }
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`;
  }

  private async initialise(): Promise<void> {
    const args = ['-D', this.data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8'];
    await this.home.run(join(this.binaries, 'initdb'), args, this.owner);
    const lines = Object.entries({ ...SETTINGS, port: this.port }).map(
      ([name, value]) => `${name} = ${value}\n`,
    );
    appendFileSync(join(this.data, 'postgresql.conf'), lines.join(''));
  }

  /** Again on the same port and data, after it was stopped. */
  async start(): Promise<void> {
    this.server = this.home.spawn(join(this.binaries, 'postgres'), ['-D', this.data], this.owner);
    await this.server.ready(() => databaseAnswers(this));
  }

  /** `immediate`: statements under way are cut, and it recovers at its next start; `fast`: they are rolled back. */
  stop(how: 'immediate' | 'fast' = 'fast'): Promise<void> {
    return this.server.end(how === 'immediate' ? 'SIGQUIT' : 'SIGINT');
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

  async close(): Promise<void> {
    // A farewell, so that it gives its shared memory back.
    if (this.server?.running) await this.stop('immediate').catch(() => undefined);
    await this.home.close();
  }
}
