import { EventEmitter } from 'node:events';

/** Pub/sub in this process, in the shape of node-redis; its connections can be cut. */
export class HandRedis extends EventEmitter {
  isReady = false;
  private readonly subscribers = new Set<HandRedis>();
  private readonly heard = new Map<string, () => void>();
  private hub: HandRedis = this;

  duplicate(): HandRedis {
    const copy = new HandRedis();
    copy.hub = this.hub;
    return copy;
  }
  async connect(): Promise<void> {
    this.isReady = true;
  }
  async subscribe(channel: string, listener: () => void): Promise<void> {
    this.heard.set(channel, listener);
    this.hub.subscribers.add(this);
  }
  async unsubscribe(channel: string): Promise<void> {
    this.heard.delete(channel);
  }
  async publish(channel: string, _message: string): Promise<number> {
    for (const { isReady, heard } of this.hub.subscribers) if (isReady) heard.get(channel)?.();
    return this.hub.subscribers.size;
  }
  destroy(): void {
    this.isReady = false;
    this.hub.subscribers.delete(this);
  }
  /** What a client says and is when its server went away, and when it is back. */
  cut(): void {
    for (const subscriber of this.hub.subscribers) subscriber.isReady = false;
  }
  mend(): void {
    for (const subscriber of this.hub.subscribers) {
      subscriber.isReady = true;
      subscriber.emit('ready');
    }
  }
}
