import { Door } from '../door.mjs';
import { freePort } from '../processes.js';
import { until } from '../until.js';
import type { OwnProcess } from './own-process.js';
import { ProcessHome } from './process-home.js';
import { redisCommand } from './redis-command.js';

/** What a server that is well never takes, however busy the machine is. */
const ANSWER_MS = 10_000;

export interface OwnRedisInput {
  /** Settings of redis.conf, such as `maxmemory-policy`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The server that it copies, until it is promoted. */
  readonly replicaOf?: OwnRedis;
}

/** A Redis server of its own on a port of loopback that stays the same. It keeps nothing: started again, it is empty. */
export class OwnRedis {
  private server!: OwnProcess;
  private replication: Door | undefined;

  private constructor(
    private readonly home: ProcessHome,
    readonly port: number,
    private readonly settings: readonly string[],
  ) {}

  static async start({ settings = {}, replicaOf }: OwnRedisInput = {}): Promise<OwnRedis> {
    const given = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    const redis = new OwnRedis(new ProcessHome(), await freePort(), given);
    try {
      await redis.start();
      if (replicaOf) await redis.copy(replicaOf);
    } catch (error) {
      await redis.close();
      throw error;
    }
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get logs(): readonly string[] {
    return this.server.logs;
  }

  /** Again on the same port, after `stop` or `kill`. */
  async start(): Promise<void> {
    const shared = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    // A copy is sent over the connection, at once.
    const replication = ['--repl-diskless-sync', 'yes', '--repl-diskless-sync-delay', '0'];
    const where = ['--dir', this.home.folder('redis')];
    this.server = this.home.spawn('redis-server', [...shared, ...replication, ...where, ...this.settings]);
    await this.server.ready(() => this.answers(ANSWER_MS));
  }

  /** Connections to it are refused from now on. */
  stop(): Promise<void> {
    return this.server.end('SIGTERM');
  }

  /** The same without a farewell. */
  kill(): Promise<void> {
    return this.server.kill();
  }

  /** It accepts connections and answers nothing, until `resume`. */
  hang(): Promise<void> {
    return this.server.suspend();
  }

  resume(): void {
    this.server.resume();
  }

  async flush(): Promise<void> {
    await this.command('FLUSHALL');
  }

  /** Whether it answers a PING in this time. */
  answers(withinMs: number): Promise<boolean> {
    return redisCommand(this.port, ['PING'], withinMs).then(
      (answer) => answer === 'PONG',
      () => false,
    );
  }

  /** One command on a connection of its own. */
  command(...command: string[]): Promise<unknown> {
    return redisCommand(this.port, command, ANSWER_MS);
  }

  /** A replica receives nothing any more: what is written from now on is lost when it is promoted. */
  async fallBehind(): Promise<void> {
    await this.replication!.shut();
    await until('the replica has lost its primary', async () =>
      /master_link_status:down/.test(await this.replicationInfo()),
    );
  }

  /** A replica becomes a primary, with what it has. */
  async promote(): Promise<void> {
    await this.command('REPLICAOF', 'NO', 'ONE');
    await this.replication?.shut();
  }

  /** Waits until a replica has all that its primary was told before. */
  async catchUp(primary: OwnRedis): Promise<void> {
    const offset = (info: string): number => Number(/master_repl_offset:(\d+)/.exec(info)?.[1]);
    const target = offset(await primary.replicationInfo());
    await until('the replica has caught up', async () => {
      const info = await this.replicationInfo();
      return /master_link_status:up/.test(info) && offset(info) >= target;
    });
  }

  async close(): Promise<void> {
    await this.replication?.shut();
    await this.home.close();
  }

  /** Through a door, so that it can be cut off: what is already on its way to a stopped process would still arrive. */
  private async copy(primary: OwnRedis): Promise<void> {
    this.replication = new Door({ host: '127.0.0.1', port: primary.port });
    await this.replication.open();
    await this.command('REPLICAOF', '127.0.0.1', `${this.replication.port}`);
    await this.catchUp(primary);
  }

  private async replicationInfo(): Promise<string> {
    return String(await this.command('INFO', 'replication'));
  }
}
