import type { AuthOptions } from 'nestjs-aerie';
import { type NodeConfiguration, TestNode } from './test-node.js';
import { freePort } from './processes.js';
import { queryOnce, type ServerAddress } from './servers/database-answers.js';
import { ProcessHome } from './servers/process-home.js';
import { type Adapter, ISSUER, SECRET } from './test-app.js';
import { freshPrefix, MARIADB_URL, POSTGRES_URL } from './test-databases.js';
import { connect, dropTables } from './test-stores.js';

const SHARED = {
  postgres: { type: 'postgres', url: POSTGRES_URL },
  mariadb: { type: 'mariadb', url: MARIADB_URL },
} as const;

export interface NodesInput {
  /** The server that all tests share, where its tables are dropped; or a server of the test's own. */
  readonly database: keyof typeof SHARED | ServerAddress;
  /** By which way each node, by its number, reaches the database. Default: directly. */
  readonly databaseUrl?: (node: number) => string;
  /** Of a server, of the nodes of a cluster, or by which way each node reaches it. Default: no Redis. */
  readonly redisUrl?: string | readonly string[] | ((node: number) => string);
  readonly adapter?: Adapter;
  /** What JSON can hold of them; or those of each node, by its number. */
  readonly options?: Partial<AuthOptions> | ((node: number) => Partial<AuthOptions>);
  /** Changes of TypeORM's options. */
  readonly connection?: object;
}

/** Several processes with one application on one database. */
export class Nodes {
  private constructor(
    private readonly home: ProcessHome,
    readonly all: readonly TestNode[],
    private readonly drop: () => Promise<void>,
    private readonly server: ServerAddress,
    private readonly prefix: string,
  ) {}

  static async start(count: number, input: NodesInput): Promise<Nodes> {
    const { database } = input;
    const server = typeof database === 'string' ? SHARED[database] : database;
    const prefix = freshPrefix();
    const tables = () => connect(server.type, prefix, { url: server.url } as object);
    const source = await tables();
    await source.destroy();
    const drop = async (): Promise<void> => {
      // Those on a server of the test's own go with it.
      if (typeof database !== 'string') return;
      const again = await tables();
      await dropTables(again).finally(() => again.destroy());
    };
    const home = new ProcessHome();
    const nodes: TestNode[] = [];
    try {
      for (let node = 0; node < count; node++) {
        const configuration = configurationOf(node, server, prefix, await freePort(), input);
        nodes.push(new TestNode(home, configuration));
      }
      await Promise.all(nodes.map((node) => node.start()));
    } catch (error) {
      await home.close();
      await drop();
      throw error;
    }
    return new Nodes(home, nodes, drop, server, prefix);
  }

  /** Every line that any of them has printed, those of former processes included. */
  get logs(): readonly string[] {
    return this.all.flatMap(({ logs }) => logs);
  }

  /** One statement on their database; `text` is given the prefix of their tables. */
  query<R>(text: (prefix: string) => string): Promise<R[]> {
    return queryOnce(this.server, text(this.prefix));
  }

  /** Ends them at once, in whatever state they are. */
  async close(): Promise<void> {
    await this.home.close();
    await this.drop();
  }
}

function configurationOf(
  node: number,
  server: ServerAddress,
  entityPrefix: string,
  port: number,
  { databaseUrl, redisUrl, adapter = 'express', options, connection }: NodesInput,
): NodeConfiguration {
  const redis = typeof redisUrl === 'function' ? redisUrl(node) : redisUrl;
  const given = typeof options === 'function' ? options(node) : options;
  return {
    adapter,
    port,
    connection: { type: server.type, url: databaseUrl?.(node) ?? server.url, entityPrefix, ...connection },
    ...(redis !== undefined && { redisUrl: redis }),
    options: { secret: SECRET, issuer: ISSUER, ...given },
  };
}
