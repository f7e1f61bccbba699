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
