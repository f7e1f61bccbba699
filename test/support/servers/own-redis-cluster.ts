import { freePort } from '../processes.js';
import { until } from '../until.js';
import { OwnRedis } from './own-redis.js';

const SLOTS = 16_384;
const NODES = 3;

/** A Redis Cluster of three primaries on loopback. */
export class OwnRedisCluster {
  private constructor(readonly nodes: readonly OwnRedis[]) {}

  static async start(): Promise<OwnRedisCluster> {
    const nodes: OwnRedis[] = [];
    const cluster = new OwnRedisCluster(nodes);
    try {
      const buses: number[] = [];
      for (let i = 0; i < NODES; i++) {
        buses.push(await freePort());
        // By default the bus has the port plus 10,000, which may be taken, or be none.
        const settings = {
          'cluster-enabled': 'yes',
          'cluster-port': `${buses[i]}`,
          'cluster-node-timeout': '2000',
        };
        nodes.push(await OwnRedis.start({ settings }));
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

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.close()));
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
