import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, chownSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { type Address, Door } from '../support/door.mjs';
import { freePort } from '../support/processes.js';
import { postgresBinaries, postgresOwner } from '../support/servers/postgres-binaries.js';
import { until } from '../support/until.js';

const KEEPER = join(import.meta.dirname, 'pair-keeper.mjs');

const SETTINGS = {
  listen_addresses: `'127.0.0.1'`,
  unix_socket_directories: `''`,
  max_connections: '60',
  shared_buffers: `'32MB'`,
  autovacuum: 'off',
  // It is processes that die here, not the machine: what was written is there.
  fsync: 'off',
  wal_retrieve_retry_interval: `'200ms'`,
};

/**
 * A PostgreSQL server and its streaming replica, in a directory and on ports of their own. The replica reaches its
 * primary through a door, so that it can be cut off. A process of its own removes everything, whatever happens to
 * this one.
 */
export class PostgresPair {
  private readonly owner = postgresOwner();
  private readonly keeper: ChildProcess;
  private readonly kept: Promise<number | null>;
  private replication!: Door;
  primary!: Address;
  replica!: Address;

  private constructor(
    readonly directory: string,
    private readonly binaries: string,
  ) {
    // A group of its own: Ctrl-C in a terminal does not end it.
    this.keeper = spawn(process.execPath, [KEEPER, directory, binaries], {
      stdio: ['pipe', 'ignore', 'inherit'],
      detached: true,
    });
    this.kept = new Promise((resolve) => this.keeper.once('exit', resolve));
    chownSync(directory, this.owner.uid, this.owner.gid);
  }

  static async start(replication: 'asynchronous' | 'synchronous'): Promise<PostgresPair> {
    const binaries = postgresBinaries();
    const pair = new PostgresPair(mkdtempSync(join(tmpdir(), 'aerie-failover-')), binaries);
    try {
      await pair.startServers();
      if (replication === 'synchronous') await pair.waitForReplica();
    } catch (error) {
      await pair.stop();
      throw error;
    }
    return pair;
  }

  private async startServers(): Promise<void> {
    this.primary = { host: '127.0.0.1', port: await freePort() };
    await this.program('initdb', '-D', this.data('primary'), '-U', 'postgres', '-A', 'trust', '--no-sync');
    this.configure('primary', { ...SETTINGS, port: this.primary.port });
    await this.control('primary', 'start');

    this.replication = new Door(this.primary);
    await this.replication.open();
    const from = `host=127.0.0.1 port=${this.replication.port} user=postgres`;
    const copy = ['-D', this.data('replica'), '--write-recovery-conf', '--checkpoint=fast', '--no-sync'];
    await this.program('pg_basebackup', '-d', from, ...copy);
    this.replica = { host: '127.0.0.1', port: await freePort() };
    this.configure('replica', { port: this.replica.port });
    await this.control('replica', 'start');
  }

  /** From now on a transaction is answered when the replica has it. The copy was made before, so it does not wait. */
  private async waitForReplica(): Promise<void> {
    await this.query(this.primary, `alter system set synchronous_standby_names = '*'`);
    await this.query(this.primary, 'select pg_reload_conf()');
    const state = 'select sync_state from pg_stat_replication';
    await until('the replica is synchronous', async () =>
      (await this.query<{ sync_state: string }>(this.primary, state)).some(
        (row) => row.sync_state === 'sync',
      ),
    );
  }

  /** Waits until the replica shows all that the primary has by now. */
  async catchUp(): Promise<void> {
    const [at] = await this.query<{ lsn: string }>(this.primary, 'select pg_current_wal_lsn() as lsn');
    const replayed = `select pg_last_wal_replay_lsn() >= '${at!.lsn}' as all_there`;
    await until('the replica has caught up', async () => {
      const [row] = await this.query<{ all_there: boolean }>(this.replica, replayed);
      return row!.all_there;
    });
  }

  /** The replica receives nothing any more. */
  cutReplication(): Promise<void> {
    return this.replication.shut();
  }

  /** The primary dies: no checkpoint, no farewell to the replica, statements under way are cut. It never comes back. */
  async kill(): Promise<void> {
    await this.control('primary', 'stop', '-m', 'immediate');
  }

  async promote(): Promise<void> {
    await this.control('replica', 'promote');
  }

  /** One query on a connection of its own. */
  async query<R>({ host, port }: Address, text: string, values: unknown[] = []): Promise<R[]> {
    const url = `postgres://postgres@${host}:${port}/postgres`;
    const source = await new DataSource({ type: 'postgres', url }).initialize();
    try {
      return (await source.query(text, values)) as R[];
    } finally {
      await source.destroy();
    }
  }

  async stop(): Promise<void> {
    await this.replication?.shut();
    this.keeper.stdin!.end();
    const code = await this.kept;
    if (code !== 0) throw new Error(`${this.directory} could not be removed`);
  }

  private data(server: string): string {
    return join(this.directory, server);
  }

  private configure(server: string, settings: Record<string, string | number>): void {
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
    appendFileSync(join(this.data(server), 'postgresql.conf'), lines.join(''));
  }

  private control(server: string, ...command: string[]): Promise<void> {
    const log = join(this.directory, `${server}.log`);
    return this.program('pg_ctl', '-D', this.data(server), '-l', log, '-w', '-t', '30', ...command);
  }

  private async program(name: string, ...args: string[]): Promise<void> {
    // The server inherits what pg_ctl has open: a pipe would not end before the server does.
    const child = spawn(join(this.binaries, name), args, { ...this.owner, cwd: '/', stdio: 'ignore' });
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    if (code !== 0) throw new Error(`${[name, ...args].join(' ')} ended with ${String(code)}`);
  }
}
