import KeyvRedis, { createCluster } from '@keyv/redis';
import { type Cache, createCache } from 'cache-manager';
import { Keyv } from 'keyv';
import type { AuthOptions } from 'nestjs-aerie';
import { LogTrap } from '../support/log-trap.js';
import { StatementLog } from '../support/statement-log.js';
import { type Adapter, startTestApp, type TestApp } from '../support/test-app.js';
import { freshPrefix, testConnection } from '../support/test-databases.js';
import { connect, dropTables } from '../support/test-stores.js';
import { Routes } from './routes.js';

/** A cache of cache-manager on one Redis, as its own page says to make it. */
export function redisCache(url: string): Cache {
  return createCache({ stores: [quiet(new Keyv({ store: new KeyvRedis(url) }))] });
}

/** The memory of the process first, then Redis. */
export function twoTierCache(url: string): Cache {
  return createCache({ stores: [new Keyv(), quiet(new Keyv({ store: new KeyvRedis(url) }))] });
}

export function clusterCache(urls: readonly string[]): Cache {
  const cluster = createCluster({ rootNodes: urls.map((url) => ({ url })) });
  return createCache({ stores: [quiet(new Keyv({ store: new KeyvRedis(cluster as never) }))] });
}

// These tests are about a Redis that is away: the log need not say so.
function quiet(keyv: Keyv): Keyv {
  return keyv.on('error', () => undefined);
}

export interface TimedCode {
  readonly code: string;
  readonly ms: number;
}

/** Applications on the tables of one PostgreSQL, each with a cache of its own making. */
export class CachedNodes {
  readonly all: TestApp[] = [];
  readonly statements: StatementLog[] = [];
  readonly logs: LogTrap[] = [];
  private readonly caches: Cache[] = [];
  private readonly prefix = freshPrefix();

  private constructor(
    private readonly adapter: Adapter,
    private readonly options: Partial<AuthOptions>,
  ) {}

  static async start(
    adapter: Adapter,
    caches: readonly Cache[],
    options: Partial<AuthOptions> = {},
  ): Promise<CachedNodes> {
    const nodes = new CachedNodes(adapter, options);
    for (const cache of caches) await nodes.add(cache);
    return nodes;
  }

  /** One more node; gives its number. */
  async add(cache: Cache): Promise<number> {
    const statements = new StatementLog();
    const log = new LogTrap();
    this.caches.push(cache);
    const app = await startTestApp({
      adapter: this.adapter,
      controllers: [Routes],
      connection: {
        ...testConnection('postgres', this.prefix),
        logging: true,
        logger: statements,
      } as never,
      options: { ...this.options, cache },
      override: log.override,
    });
    await app.users.add('ada', undefined, { id: 'ada' });
    this.statements.push(statements);
    this.logs.push(log);
    return this.all.push(app) - 1;
  }

  /** What a node answers to an access token: a code, or OK; and how long it took. */
  async timed(node: number, bearer: string, path: '/soon' | '/now' = '/soon'): Promise<TimedCode> {
    const began = performance.now();
    const { status, body } = await this.all[node]!.client().get(path, { bearer });
    return { code: status === 200 ? 'OK' : (body.code as string), ms: performance.now() - began };
  }

  async ask(node: number, bearer: string, path: '/soon' | '/now' = '/soon'): Promise<string> {
    return (await this.timed(node, bearer, path)).code;
  }

  /** How many statements a node sends while it answers so many requests with this token, which it must admit. */
  async reads(node: number, bearer: string, requests = 1): Promise<number> {
    return this.statements[node]!.count(async () => {
      for (let i = 0; i < requests; i++) {
        const code = await this.ask(node, bearer);
        if (code !== 'OK') throw new Error(`the request was answered with ${code}`);
      }
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((app) => app.close()));
    // Those whose server is away do not say goodbye.
    await Promise.allSettled(
      this.caches.flatMap(({ stores }) =>
        stores.map(({ store }) => (store instanceof KeyvRedis ? store.disconnect(true) : undefined)),
      ),
    );
    const source = await connect('postgres', this.prefix);
    await dropTables(source).finally(() => source.destroy());
  }
}
