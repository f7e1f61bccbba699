import { freePort } from '../processes.js';
import { until } from '../until.js';
import { OwnRedis } from './own-redis.js';

const SLOTS = 16_384;
const NODES = 3;
/** A node is taken for dead after this time. */
const NODE_TIMEOUT_MS = 2_000;
/** Noticing the death, the delay of the replica, and the vote; on a machine that does other things as well. */
const FAILOVER_MS = 30_000;

/** A Redis Cluster of three primaries on loopback; a test may add replicas. */
export class OwnRedisCluster {
  private readonly replicas: OwnRedis[] = [];

  private constructor(
    /** The primaries that it began with. */
    readonly nodes: readonly OwnRedis[],
  ) {}

  static async start(): Promise<OwnRedisCluster> {
    const nodes: OwnRedis[] = [];
    const cluster = new OwnRedisCluster(nodes);
    try {
      const buses: number[] = [];
      for (let i = 0; i < NODES; i++) {
        buses.push(await freePort());
        nodes.push(await OwnRedis.start({ settings: settingsFor(buses[i]!) }));
      }
      await cluster.form(buses);
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  get urls(): readonly string[] {
    return this.nodes.map(({ url }) => url);
  }

  /** A replica of one of the primaries, with all that the primary has; the cluster promotes it when the primary dies. */
  async addReplica(primary: OwnRedis): Promise<OwnRedis> {
    const bus = await freePort();
    const replica = await OwnRedis.start({ settings: settingsFor(bus) });
    this.replicas.push(replica);
    const id = String(await primary.command('CLUSTER', 'MYID'));
    await primary.command('CLUSTER', 'MEET', '127.0.0.1', `${replica.port}`, `${bus}`);
    await until('the replica knows its primary', async () =>
      String(await replica.command('CLUSTER', 'NODES')).includes(id),
    );
    await replica.command('CLUSTER', 'REPLICATE', id);
    await replica.catchUp(primary);
    // A failover needs the votes of the other primaries.
    await until('every node knows the replica', async () => {
      const lists = await Promise.all(this.nodes.map((node) => node.command('CLUSTER', 'NODES')));
      return lists.every((list) => new RegExp(`:${replica.port}@.* slave ${id}`).test(String(list)));
    });
    return replica;
  }

  /** Kills a primary, and waits until its replica has its slots, and every other node knows. */
  async failOver(primary: OwnRedis, replica: OwnRedis): Promise<void> {
    await primary.kill();
    const living = [...this.nodes.filter((node) => node !== primary), replica];
    await until(
      'the replica is a primary',
      async () => {
        const known = await Promise.all(
          living.map(async (node) => [
            String(await node.command('CLUSTER', 'INFO')),
            String(await node.command('CLUSTER', 'NODES')),
          ]),
        );
        return known.every(
          ([info, list]) =>
            /cluster_state:ok/.test(info!) && new RegExp(`:${replica.port}@\\S+ \\S*master`).test(list!),
        );
      },
      FAILOVER_MS,
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.nodes, ...this.replicas].map((node) => node.close()));
  }

  private async form(buses: readonly number[]): Promise<void> {
    const share = Math.ceil(SLOTS / NODES);
    for (const [i, node] of this.nodes.entries()) {
      const last = Math.min((i + 1) * share, SLOTS) - 1;
      await node.command('CLUSTER', 'ADDSLOTSRANGE', `${i * share}`, `${last}`);
      await node.command('CLUSTER', 'SET-CONFIG-EPOCH', `${i + 1}`);
    }
    for (const [i, { port }] of this.nodes.entries()) {
      if (i > 0) await this.nodes[0]!.command('CLUSTER', 'MEET', '127.0.0.1', `${port}`, `${buses[i]}`);
    }
    await until('every node of the cluster knows all slots', async () => {
      const infos = await Promise.all(this.nodes.map((node) => node.command('CLUSTER', 'INFO')));
      return infos.every(
        (info) => /cluster_state:ok/.test(String(info)) && /cluster_known_nodes:3/.test(String(info)),
      );
    });
  }
}

/** By default the bus has the port plus 10,000, which may be taken, or be none. */
function settingsFor(bus: number): Record<string, string> {
  return {
    'cluster-enabled': 'yes',
    'cluster-port': `${bus}`,
    'cluster-node-timeout': `${NODE_TIMEOUT_MS}`,
  };
}
