import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { RedisNotifier } from './redis-notifier.js';

/** A client of a cluster, as far as it is used: what each of its calls does, a test says. */
class Cluster {
  readonly duplicates: Cluster[] = [];
  readonly published: string[] = [];
  destroyed = 0;
  connecting: () => Promise<unknown> = async () => undefined;
  publishing: () => Promise<number> = async () => 1;
  heard: (() => void) | undefined;

  duplicate(): Cluster {
    const copy = new Cluster();
    copy.connecting = this.connecting;
    this.duplicates.push(copy);
    return copy;
  }
  on = (): this => this;
  connect = (): Promise<unknown> => this.connecting();
  async subscribe(channel: string, listener: () => void): Promise<void> {
    if (channel === 'revocations') this.heard = listener;
  }
  unsubscribe = async (): Promise<void> => undefined;
  publish = async (channel: string): Promise<number> => {
    this.published.push(channel);
    return this.publishing();
  };
  destroy(): void {
    this.destroyed += 1;
  }
  disconnect = (): void => undefined;
}

describe('notifications through a Redis Cluster', () => {
  let cluster: Cluster;
  let notifier: RedisNotifier;
  let warnings: string[];
  let notified: number;
  beforeEach(() => {
    jest.useFakeTimers();
    warnings = [];
    const keep = (line: unknown): void => void warnings.push(String(line));
    Logger.overrideLogger({ log: keep, error: keep, warn: keep });
    cluster = new Cluster();
    notifier = new RedisNotifier(cluster as never, 'revocations');
    notified = 0;
  });
  afterEach(async () => {
    await notifier.stop();
    jest.useRealTimers();
    Logger.overrideLogger(false);
  });

  it('are listened for on another connection, when one waits for a node that is dead', async () => {
    cluster.connecting = () => new Promise(() => undefined);
    notifier.listen(() => void (notified += 1));
    await jest.advanceTimersByTimeAsync(4_000);
    expect([cluster.duplicates.length, notifier.isConnected]).toEqual([1, false]);
    // The cluster has promoted a replica, and names the dead node no more.
    cluster.connecting = async () => undefined;
    await jest.advanceTimersByTimeAsync(3_000);
    const [first, second] = cluster.duplicates;
    expect([first!.destroyed, cluster.duplicates.length, notifier.isConnected]).toEqual([1, 2, true]);
    expect(warnings).toHaveLength(1);
    // What was published meanwhile is asked for once; then it hears each of them.
    expect(notified).toBe(1);
    second!.heard!();
    expect(notified).toBe(2);
  });

  it('are sent once more, by another node, and no third time', async () => {
    let dead = 1;
    cluster.publishing = async () => {
      if (dead-- > 0) throw new Error('the node is away');
      return 1;
    };
    notifier.send();
    await jest.advanceTimersByTimeAsync(0);
    expect([cluster.published.length, warnings]).toEqual([2, []]);
    dead = 9;
    notifier.send();
    await jest.advanceTimersByTimeAsync(0);
    expect([cluster.published.length, warnings.length]).toEqual([4, 1]);
  });
});
