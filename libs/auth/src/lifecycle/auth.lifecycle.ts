import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
  Optional,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AttemptStore } from '../attempts/attempt-store.js';
import { SecurityEventStream } from '../audit/security-event-stream.js';
import { SecurityEventWriter } from '../audit/security-event-writer.js';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { KeyRotation } from '../keys/key-rotation.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { probeCache } from '../shared-cache/cache-probe.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import { SessionActivity } from '../sessions/session-activity.js';
import { AuthStores } from '../stores/auth-stores.js';
import { refuseAnyProxy } from './trusted-proxies.js';
import { Sweeper } from './expired-rows-sweeper.js';

/** Checks the stores and loads the revocations when the application starts, sweeps while it runs, and leaves nothing behind when it stops. */
@Injectable()
export class AuthLifecycle
  implements
    OnModuleInit,
    OnApplicationBootstrap,
    OnModuleDestroy,
    BeforeApplicationShutdown,
    OnApplicationShutdown
{
  private readonly logger = new Logger('AuthModule');

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly stores: AuthStores,
    private readonly options: ResolvedAuthOptions,
    private readonly activity: SessionActivity,
    private readonly sweeper: Sweeper,
    /** Null if this process follows no feed. */
    @Optional() @Inject(RevocationFeed) private readonly feed: RevocationFeed | null,
    /** Null: the keys were given, or come from the secret. */
    @Inject(KeyRotation) private readonly keys: KeyRotation | null,
    private readonly stream: SecurityEventStream,
    @Inject(SecurityEventWriter) private readonly table: SecurityEventWriter | null,
    /** Null: these stores keep none. */
    @Inject(AttemptStore) private readonly attempts: AttemptStore | null,
  ) {}

  async onModuleInit(): Promise<void> {
    refuseAnyProxy(this.host.httpAdapter, this.options.attempts.acceptAnyForwardedAddress);
    const missing = await this.stores.missing();
    // Standalone contexts run migrations: there, a table may well be missing yet.
    if (missing.length > 0 && this.host.httpAdapter) throw new AuthConfigError(missing.join('\n'));
    for (const message of missing) this.logger.warn(message);
    await this.keys?.start().catch((error: unknown) => this.cannotStart(error));
    this.feed?.index.onKeysReplaced(() => this.keys?.replacedElsewhere());
    await this.feed?.start().catch((error: unknown) => this.cannotStart(error));
  }

  /** A standalone context may be there to make the tables that are missing: it tries again by itself. */
  private async cannotStart(error: unknown): Promise<void> {
    if (!this.host.httpAdapter && !(error instanceof AuthConfigError)) return;
    // A boot that fails calls no hook that would stop them.
    this.keys?.stop();
    await this.feed?.stop();
    throw error;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.attempts && this.host.httpAdapter)
      this.logger.warn(
        '"stores" keep no attempts, so each process counts the tries at passwords by itself: give attempts() (docs/writing-a-store.md)',
      );
    const { cache } = this.options;
    const unfit = cache && (await probeCache(cache));
    if (unfit) this.logger.warn(unfit);
    for (const { issuer, until } of this.options.formerIssuers) {
      if (until <= Date.now())
        this.logger.warn(`"formerIssuers" has ${JSON.stringify(issuer)}, whose time is over: remove it`);
    }
    if (this.options.revocation.mode === 'none') {
      const minutes = Math.ceil(this.options.accessTokens.lifetimeMs / 60_000);
      this.logger.warn(
        `"revocation.mode" is "none": an access token lives up to ${minutes} min after its sign-in has ended`,
      );
    }
    this.sweeper.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.keys?.stop();
    await this.feed?.stop();
    await this.sweeper.stop();
    await this.activity.flush();
  }

  /** While the database is there for certain. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.table?.flush();
  }

  /** The last requests have been answered: there are no events any more. */
  async onApplicationShutdown(): Promise<void> {
    this.stream.complete();
    await this.table?.stop();
  }
}
