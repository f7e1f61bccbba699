import { FailureCluster, type FailureClusterInput } from './failure-cluster.js';

/** Several clusters, each on its own servers, which wait for their outages together. */
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
