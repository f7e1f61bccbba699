import type { AuthOptions } from 'nestjs-aerie';
import { Nodes } from '../support/nodes.js';
import { CuttableProxy } from '../support/servers/cuttable-proxy.js';
import { OwnMariaDb } from '../support/servers/own-mariadb.js';
import { OwnPostgres } from '../support/servers/own-postgres.js';
import { OwnRedis } from '../support/servers/own-redis.js';
import type { TestNode } from '../support/test-node.js';

export interface FailureClusterInput {
  readonly name: string;
  readonly database: 'postgres' | 'mariadb';
  readonly withRedis: boolean;
  readonly processes: number;
  /** A server of its own, which a test may stop. Default: the one that all tests share. */
  readonly ownDatabase?: boolean;
  readonly options: Partial<AuthOptions> | ((node: number) => Partial<AuthOptions>);
}

/** Nodes, the servers that they need, and a way to Redis for each of them. */
export class FailureCluster {
  private constructor(
    readonly name: string,
    readonly nodes: Nodes,
    readonly database: OwnPostgres | OwnMariaDb | undefined,
    /** Where the ways lead now. */
    public redis: OwnRedis | undefined,
    readonly ways: readonly CuttableProxy[],
    private readonly opened: { close(): Promise<void> }[],
  ) {}

  static async start(input: FailureClusterInput): Promise<FailureCluster> {
    const { name, processes, options } = input;
    const opened: { close(): Promise<void> }[] = [];
    const open = async <T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
      const one = await opening;
      opened.unshift(one);
      return one;
    };
    try {
      const Server = input.database === 'postgres' ? OwnPostgres : OwnMariaDb;
      const database = input.ownDatabase ? await open<OwnPostgres | OwnMariaDb>(Server.start()) : undefined;
      const redis = input.withRedis ? await open(OwnRedis.start()) : undefined;
      const ways: CuttableProxy[] = [];
      if (redis) for (let i = 0; i < processes; i++) ways.push(await open(CuttableProxy.to(redis.url)));
      const nodes = await open(
        Nodes.start(processes, {
          database: database ?? input.database,
          options,
          ...(redis && { redisUrl: (node) => ways[node]!.urlOf(redis.url) }),
        }),
      );
      return new FailureCluster(name, nodes, database, redis, ways, opened);
    } catch (error) {
      for (const one of opened) await one.close();
      throw error;
    }
  }

  get all(): readonly TestNode[] {
    return this.nodes.all;
  }

  /** Another Redis takes the place of the one that there was. */
  failOver(to: OwnRedis): void {
    this.opened.push(to);
    this.redis = to;
    for (const way of this.ways) way.leadTo(to.port);
  }

  async close(): Promise<void> {
    for (const one of this.opened) await one.close();
  }
}

/** Several of them, each on its own servers, which wait for their outages together. */
export class FailureClusters {
  private constructor(readonly all: readonly FailureCluster[]) {}

  static async start(inputs: readonly FailureClusterInput[]): Promise<FailureClusters> {
    const started = await Promise.allSettled(inputs.map((input) => FailureCluster.start(input)));
    const clusters = new FailureClusters(
      started.filter((one) => one.status === 'fulfilled').map(({ value }) => value),
    );
    const failed = started.find((one) => one.status === 'rejected');
    if (!failed) return clusters;
    await clusters.close();
    throw failed.reason;
  }

  /** The same on each of them at once; waits for all, then throws what the first one threw, with its name. */
  async each(work: (cluster: FailureCluster) => Promise<void>): Promise<void> {
    const done = await Promise.allSettled(this.all.map((cluster) => work(cluster)));
    done.forEach((one, i) => {
      if (one.status === 'rejected') throw new Error(`on ${this.all[i]!.name}`, { cause: one.reason });
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((cluster) => cluster.close()));
  }
}
