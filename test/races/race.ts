import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type AuthOptions, type AuthStructuralOptions, type SecurityEvent } from 'nestjs-aerie';
import { RefreshTokenFamily, Revocation, type TypeOrmStoresOptions } from 'nestjs-aerie/typeorm';
import { jest } from '@jest/globals';
import type { DataSource, DataSourceOptions } from 'typeorm';
import { ISSUER, SECRET } from '../support/test-app.js';
import { freshPrefix, type TestDatabase, testConnection } from '../support/test-databases.js';
import { connect, dropTables } from '../support/test-stores.js';
import { WorkerProcess } from './worker-process.mjs';

/** A command of the worker, and its arguments. */
export type Call = readonly [command: string, ...args: unknown[]];

/** What came of a call. */
export interface Result {
  readonly ok: boolean;
  readonly ms: number;
  readonly token?: string;
  readonly id?: string;
  readonly ended?: number;
  /** Of a session's data. */
  readonly version?: number;
  readonly name?: string;
  readonly code?: string | null;
  /** Why a refresh token was refused. */
  readonly reason?: string | null;
  readonly message?: string;
}

export interface SignedIn {
  readonly id: string;
  readonly token: string;
  readonly subject: string;
}

const WORKER = join(import.meta.dirname, 'race-worker.mjs');
const LEAD_MS = 40;

// Processes start and rounds are many: a limit that only a hang reaches.
jest.setTimeout(120_000);

export interface RaceInput {
  readonly workers?: number;
  readonly options?: Partial<AuthOptions & Pick<AuthStructuralOptions, 'routes'>> & {
    readonly stores?: TypeOrmStoresOptions;
    /** Whether users sign in by links in mails, too. Default false. */
    readonly mails?: boolean;
  };
  /** Changes of the workers' connections. `pool`: the stores are on a pool of pg or mysql2, without TypeORM. */
  readonly connection?: object;
  /** Another server than that of the other tests, for the tables and the processes. */
  readonly url?: string;
}

/** Several processes on one database, and a look into its tables. */
export class Race {
  private constructor(
    readonly source: DataSource,
    private workers: readonly WorkerProcess[],
    private readonly prefix: string,
    private readonly connection: object,
    private readonly options: object,
  ) {}

  static async start(database: TestDatabase, input: RaceInput = {}): Promise<Race> {
    const prefix = freshPrefix();
    const given = testConnection(database, prefix) as { type: string; url: string };
    const { type, url } = { ...given, ...(input.url !== undefined && { url: input.url }) };
    const source = await connect(database, prefix, { url } as Partial<DataSourceOptions>);
    const named = database === 'postgres' ? { applicationName: prefix } : {};
    const connection = { type, url, entityPrefix: prefix, ...named, ...input.connection };
    // Many wait for one row, on a machine that may be busy: the longest deadline that there is.
    const patient = { deadline: '20s' };
    const stores = { database: patient, ...input.options?.stores };
    const options = { secret: SECRET, issuer: ISSUER, routes: false, ...input.options, stores };
    const race = new Race(source, [], prefix, connection, options);
    try {
      await race.startWorkers(input.workers ?? 2, options);
    } catch (error) {
      await race.stop();
      throw error;
    }
    return race;
  }

  private async startWorkers(count: number, options: object): Promise<void> {
    this.workers = Array.from({ length: count }, () => new WorkerProcess(WORKER));
    const start = { connection: this.connection, options };
    await Promise.all(this.workers.map((worker) => worker.send([['start', start]])));
  }

  /** Ends the processes, and starts others on the same tables, with these options changed. */
  async restart(changes: Partial<AuthOptions>): Promise<void> {
    await this.stopWorkers();
    await this.startWorkers(this.workers.length, { ...this.options, ...changes });
  }

  private async stopWorkers(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }

  async stop(): Promise<void> {
    await this.stopWorkers();
    await dropTables(this.source).finally(() => this.source.destroy());
  }

  /** One call, in the first process. It must not fail. */
  do<T = Result>(...call: Call): Promise<T> {
    return this.workers[0]!.send<T>([call]);
  }

  async signIn(subject: string = randomUUID()): Promise<SignedIn> {
    return { subject, ...(await this.do<{ id: string; token: string }>('signIn', subject)) };
  }

  /** A family that was rotated so many times; all of its tokens, the oldest first. */
  async chain(rotations: number, subject?: string): Promise<SignedIn & { readonly tokens: string[] }> {
    const signedIn = await this.signIn(subject);
    const tokens = [signedIn.token];
    for (let i = 0; i < rotations; i++) {
      tokens.push((await this.do<{ token: string }>('refresh', tokens.at(-1))).token);
    }
    return { ...signedIn, tokens };
  }

  /** Starts every call at one instant, dealt out to the processes in turn; results in the order of the calls. */
  async run(calls: readonly Call[]): Promise<Result[]> {
    const hands = this.workers.map((_, w) => calls.filter((_call, i) => i % this.workers.length === w));
    const at = Date.now() + LEAD_MS;
    const answers = await Promise.all(this.workers.map((worker, w) => worker.send<Result[]>(hands[w]!, at)));
    return calls.map((_, i) => answers[i % this.workers.length]![Math.floor(i / this.workers.length)]!);
  }

  /** The same for one call. */
  async try(...call: Call): Promise<Result> {
    return (await this.run([call]))[0]!;
  }

  /** One call at once, beside whatever else is under way, in the process of that number. */
  async now(process: number, ...call: Call): Promise<Result> {
    const worker = this.workers[process % this.workers.length]!;
    return (await worker.send<Result[]>([call], 0))[0]!;
  }

  /** Every security event of every process since the last time. */
  async events(): Promise<SecurityEvent[]> {
    const events = await Promise.all(
      this.workers.map((worker) => worker.send<SecurityEvent[]>([['events']])),
    );
    return events.flat();
  }

  family(id: string): Promise<RefreshTokenFamily> {
    return this.source.getRepository(RefreshTokenFamily).findOneByOrFail({ id });
  }

  /** Holds the lock of a family's row on a connection of our own while `work` runs, as a host's transaction may. */
  async holding<T>(id: string, work: () => Promise<T>, change = false): Promise<T> {
    const runner = this.source.createQueryRunner();
    await runner.connect();
    await runner.startTransaction();
    try {
      const families = runner.manager.getRepository(RefreshTokenFamily);
      await families.findOneOrFail({ where: { id }, lock: { mode: 'pessimistic_write' } });
      if (change) await families.update({ id }, { label: 'renamed meanwhile' });
      return await work();
    } finally {
      await runner.commitTransaction();
      await runner.release();
    }
  }

  /** Cuts every connection of every process, on the server's side. */
  async killConnections(): Promise<void> {
    if (this.source.options.type === 'postgres') {
      const query = 'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1';
      await this.source.query(query, [this.prefix]);
      return;
    }
    const threads = await Promise.all(this.workers.map((worker) => worker.send<number[]>([['threads']])));
    for (const thread of threads.flat()) await this.source.query(`kill ${thread}`).catch(() => undefined);
  }

  /** How often the end of a sign-in was announced. */
  announced(id: string): Promise<number> {
    return this.source.getRepository(Revocation).countBy({ kind: 'sign_in', value: id });
  }
}

/** What came of the calls, in words, and how often each. */
export function tally(results: readonly Result[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { ok, reason, code, message } of results) {
    const word = ok ? 'ok' : (reason ?? code ?? message ?? 'failed');
    counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
}

export const SERVERS = ['postgres', 'mariadb'] as const;

/** Names of test cases for so many rounds. */
export async function rounds(count: number, round: (index: number) => Promise<void>): Promise<void> {
  for (let index = 0; index < count; index++) await round(index);
}
