import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AUTH_ENTITIES } from './auth.entities.js';
import { AuthStores } from './auth.stores.js';
import { isTableMissing } from './database/missing-table.js';
import { sql } from './database/sql.js';
import { AuthConfigError } from './errors/auth-config-error.js';
import type { StoreUnavailableError } from './errors/auth-error.js';
import { ResolvedAuthOptions } from './options/resolve-auth-options.js';
import { SessionService } from './sessions/session.service.js';
import { Sweeper } from './sign-in/sweeper.js';

/** Checks the tables when the application starts, sweeps while it runs, and leaves nothing behind when it stops. */
@Injectable()
export class AuthLifecycle implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('AuthModule');

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly stores: AuthStores,
    private readonly options: ResolvedAuthOptions,
    private readonly sessions: SessionService,
    private readonly sweeper: Sweeper,
  ) {}

  async onModuleInit(): Promise<void> {
    for (const entity of AUTH_ENTITIES) await this.checkTable(entity);
  }

  onApplicationBootstrap(): void {
    if (this.options.revocation.mode === 'none') {
      const minutes = Math.ceil(this.options.accessTokens.lifetimeMs / 60_000);
      this.logger.warn(
        `"revocation.mode" is "none": an access token lives up to ${minutes} min after its sign-in has ended`,
      );
    }
    this.sweeper.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeper.stop();
    await this.sessions.flush();
  }

  /** Standalone contexts run migrations: there, a table may well be missing yet. */
  private async checkTable(entity: (typeof AUTH_ENTITIES)[number]): Promise<void> {
    const table = this.stores.database.table(entity as new () => object);
    try {
      await this.stores.database.run(sql`select ${table.columnsOf('t')} from ${table.name} t where 1 = 0`);
    } catch (error) {
      const { cause } = error as StoreUnavailableError;
      if (!isTableMissing(cause)) throw error;
      const message = `the table ${table.name.text(() => '')} must exist, with every column of ${entity.name} (got neither, or not all): add AUTH_MIGRATIONS to the connection's migrations and run them (migrationsRun: true), or set synchronize: true while developing`;
      if (this.host.httpAdapter) throw new AuthConfigError(message, { cause });
      this.logger.warn(message);
    }
  }
}
