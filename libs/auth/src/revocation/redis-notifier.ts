import { Logger } from '@nestjs/common';
import { inTime } from '../time/deadline.js';
import { RevocationNotifier } from './revocation-notifier.js';
import type { RedisClient } from './revocation-options.js';
import { failureMessage } from '../errors/failure-message.js';

/** node-redis calls the listener that was given; ioredis says it to all. */
interface Subscriber {
  on(event: string, listener: (...args: string[]) => void): unknown;
  connect?(): Promise<unknown>;
  subscribe(channel: string, listener?: () => void): Promise<unknown>;
  unsubscribe?(channel: string): Promise<unknown>;
  destroy?(): unknown;
  disconnect(): unknown;
  readonly status?: string;
  readonly isReady?: boolean;
}

const RETRY_MS = 1_000;
/** How long a connection may be in the making: a cluster waits for each node that it has heard of, a dead one too. */
const CONNECT_MS = 5_000;
/** How often the connection is asked whether it is still there, and for how long: one that is half open says nothing. */
const PING_MS = 2_000;

/** Notifications through Redis pub/sub. Published after the commit; a Redis that is away costs nothing but the notification. */
export class RedisNotifier extends RevocationNotifier {
  private readonly logger = new Logger('AuthModule');
  private subscriber: Subscriber | undefined;
  private subscribed = false;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private warned = false;

  constructor(
    private readonly client: RedisClient,
    private readonly channel: string,
  ) {
    super();
  }

  listen(onNotification: () => void): void {
    void this.subscribe(onNotification).catch((error: unknown) => this.listenAgain(onNotification, error));
  }

  private listenAgain(onNotification: () => void, error: unknown): void {
    this.warn(error);
    this.close();
    if (!this.stopped) this.timer = setTimeout(() => this.listen(onNotification), RETRY_MS).unref();
  }

  send(): void {
    // A cluster sends it by any node: the next one may live.
    this.publish()
      .catch(() => this.publish())
      .catch((error: unknown) => this.warn(error));
  }

  /** A client that is away may queue this, or throw it at once. */
  private async publish(): Promise<void> {
    await this.client.publish(this.channel, '');
  }

  override get isConnected(): boolean {
    const { status, isReady } = this.subscriber ?? {};
    // A cluster has neither.
    return this.subscribed && (isReady ?? (status === undefined || status === 'ready'));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.close();
  }

  /** Both clients make a broken connection again, and subscribe again, by themselves. */
  private async subscribe(onNotification: () => void): Promise<void> {
    const subscriber = this.client.duplicate() as Subscriber;
    this.subscriber = subscriber;
    subscriber.on('error', (error: unknown) => this.warn(error));
    // Notifications that were published while the connection was away are lost: poll once it is back.
    subscriber.on('ready', () => {
      this.warned = false;
      onNotification();
    });
    await inTime(CONNECT_MS, this.connected(subscriber, onNotification));
    this.subscriber = subscriber;
    this.subscribed = true;
    // Stopped while it was connecting: that closed nothing yet.
    if (this.stopped) return this.close();
    this.pingLater(subscriber, onNotification);
    onNotification();
  }

  private async connected(subscriber: Subscriber, onNotification: () => void): Promise<void> {
    const isIoredis = typeof subscriber.status === 'string';
    if (isIoredis) {
      subscriber.on('message', (channel) => {
        if (channel === this.channel) onNotification();
      });
      await subscriber.subscribe(this.channel);
    } else {
      await subscriber.connect?.();
      await subscriber.subscribe(this.channel, () => onNotification());
    }
  }

  private pingLater(subscriber: Subscriber, onNotification: () => void): void {
    this.timer = setTimeout(() => {
      // One that knows that it is away is made again by its client.
      const pinged = this.isConnected ? inTime(PING_MS, this.ping(subscriber)) : Promise.resolve();
      pinged.then(
        () => !this.stopped && this.pingLater(subscriber, onNotification),
        (error: unknown) => !this.stopped && this.listenAgain(onNotification, error),
      );
    }, PING_MS).unref();
  }

  /** A round trip on the connection that listens. Subscribing is what each kind of client, a cluster's too, does there. */
  private async ping(subscriber: Subscriber): Promise<void> {
    if (!subscriber.unsubscribe) return;
    const channel = `${this.channel}:ping`;
    await subscriber.subscribe(channel, () => undefined);
    await subscriber.unsubscribe(channel);
  }

  private close(): void {
    const { subscriber } = this;
    this.subscriber = undefined;
    this.subscribed = false;
    try {
      if (subscriber?.destroy) subscriber.destroy();
      else subscriber?.disconnect();
    } catch {
      // Closed already.
    }
  }

  private warn(error: unknown): void {
    if (this.warned || this.stopped) return;
    this.warned = true;
    const why = failureMessage(error);
    this.logger.warn(
      `Redis does not carry notifications; other nodes learn of revocations by polling: ${why}`,
    );
  }
}

/** The Redis channel of an issuer's notifications: deployments that share a Redis do not wake each other. */
export function notificationChannelOf(issuer: string): string {
  return `nestjs-aerie:revocations:${issuer}`;
}
