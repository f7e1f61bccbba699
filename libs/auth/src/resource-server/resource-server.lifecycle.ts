import { Logger, type OnApplicationBootstrap, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { RemoteKeys } from '../keys/remote-keys.js';
import type { RevocationFeed } from '../revocation/revocation-feed.js';
import type { ResolvedResourceServerOptions } from './resource-server.options.js';

/**
 * Asks the issuer for its keys and revocations when the application starts. Services start in any order: without an
 * answer it starts all the same, and refuses requests with 503 until there is one.
 */
export class ResourceServerLifecycle implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('ResourceServerModule');

  constructor(
    /** Null: the keys were given. */
    private readonly keys: RemoteKeys | null,
    /** Null: this process follows no feed. */
    private readonly feed: RevocationFeed | null,
    private readonly options: Pick<ResolvedResourceServerOptions, 'revocation'>,
  ) {}

  async onModuleInit(): Promise<void> {
    this.feed?.index.onKeysReplaced(() => this.keys?.replaced());
    // Both say in the log what went wrong, and try again by themselves.
    await Promise.all([this.keys?.start(), this.feed?.start().catch(() => undefined)]);
  }

  onApplicationBootstrap(): void {
    if (this.options.revocation.mode === 'none')
      this.logger.warn(
        '"revocation.mode" is "none": an access token is accepted until it expires, also after its sign-in has ended',
      );
  }

  async onModuleDestroy(): Promise<void> {
    this.keys?.stop();
    await this.feed?.stop();
  }
}
