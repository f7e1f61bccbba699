import { type AuthOptions } from 'nestjs-aerie';
import { AuthStores } from 'nestjs-aerie/stores';
import { MemoryStores } from 'nestjs-aerie/testing';
import { Clock } from '../../libs/auth/src/time/clock.js';
import type { LogTrap } from '../support/log-trap.js';
import { type Adapter, startTestApp, type TestApp } from '../support/test-app.js';
import { Routes } from './routes.js';

/** Time as a test lets it pass: for the store and for every process alike. */
export class TestTime extends Clock {
  private passed = 0;
  now = () => Date.now() + this.passed;
  monotonic = () => performance.now() + this.passed;
  pass(ms: number): void {
    this.passed += ms;
  }
}

/** Counts what is read of sign-ins: what a cache is there to spare. */
export class CountedStores extends MemoryStores {
  reads = 0;

  constructor(readonly time: TestTime) {
    super(time);
    const { lookup } = this;
    const find = lookup.find.bind(lookup);
    lookup.find = (id) => {
      this.reads++;
      return find(id);
    };
  }
}

/** Several applications on one state, as nodes are on one database. */
export class TestNodes {
  private constructor(
    readonly all: readonly TestApp[],
    readonly stores: CountedStores,
  ) {}

  get time(): TestTime {
    return this.stores.time;
  }

  /** One node for each cache that is given; two nodes may be given the same. */
  static async start(
    adapter: Adapter,
    caches: readonly (AuthOptions['cache'] | undefined)[],
    options: Partial<AuthOptions> = {},
    log?: LogTrap,
    stores = new CountedStores(new TestTime()),
  ): Promise<TestNodes> {
    const { time } = stores;
    const all: TestApp[] = [];
    for (const cache of caches) {
      const app = await startTestApp({
        adapter,
        controllers: [Routes],
        options: { revocation: { mode: 'lookup' }, ...options, ...(cache && { cache }) },
        override: (builder) =>
          (log?.override(builder) ?? builder)
            .overrideProvider(AuthStores)
            .useValue(stores)
            .overrideProvider(Clock)
            .useValue(time),
      });
      await app.users.add('ada', undefined, { id: 'ada' });
      all.push(app);
    }
    return new TestNodes(all, stores);
  }

  /** The code that a node answers to an access token, or OK. */
  async ask(node: number, bearer: string, path: '/soon' | '/now' = '/soon'): Promise<string> {
    const { status, body } = await this.all[node]!.client().get(path, { bearer });
    return status === 200 ? 'OK' : (body.code as string);
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((app) => app.close()));
  }
}
