import KeyvRedis from '@keyv/redis';
import type { OnApplicationShutdown } from '@nestjs/common';
import { createCache } from 'cache-manager';
import { Keyv } from 'keyv';
import type { AuthOptions } from 'nestjs-aerie';
import { createClient } from 'redis';

/** Redis carries notifications, and a cache that nodes share. The demo starts and runs while Redis is away. */
export class RedisConnections implements OnApplicationShutdown {
  readonly options: Pick<AuthOptions, 'revocation' | 'cache'>;
  private readonly client: ReturnType<typeof createClient> | undefined;
  private readonly store: KeyvRedis<unknown> | undefined;

  /** Null: the demo uses no Redis. */
  constructor(url: string | null) {
    if (url === null) {
      this.options = {};
      return;
    }
    this.client = createClient({ url, disableOfflineQueue: true });
    this.client.on('error', () => {}); // said by the library, once
    this.client.connect().catch(() => {}); // not awaited: it goes on trying
    this.store = new KeyvRedis(url);
    const shared = new Keyv({ store: this.store });
    shared.on('error', () => {});
    this.options = { revocation: { redis: this.client }, cache: createCache({ stores: [shared] }) };
  }

  /** Whether Redis answers within a second; null without Redis. */
  async answers(): Promise<boolean | null> {
    const { client } = this;
    if (!client) return null;
    if (client.isReady) return true;
    const patience = AbortSignal.timeout(1000);
    return new Promise((resolve) => {
      client.once('ready', () => resolve(true));
      patience.addEventListener('abort', () => resolve(client.isReady));
    });
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.client?.isOpen) this.client.destroy();
    // By force: a graceful close would wait for a Redis that is away.
    await this.store?.disconnect(true);
  }
}
