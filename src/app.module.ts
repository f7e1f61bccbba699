import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from 'nestjs-aerie';
import { accountFlows } from 'nestjs-aerie/account-flows';
import { connectionOptions } from './database/connection-options.js';
import { DatabaseAwayFilter } from './database/database-away.filter.js';
import type { DemoConfig } from './demo-config.js';
import { Outbox } from './mail/outbox.js';
import { OutboxMailer } from './mail/outbox-mailer.js';
import { NotesModule } from './notes/notes.module.js';
import { PageModule } from './page/page.module.js';
import { RedisConnections } from './redis/redis-connections.js';
import { RedisModule } from './redis/redis.module.js';
import { UsersModule } from './users/users.module.js';
import { UsersService } from './users/users.service.js';
import { typeOrmStores } from 'nestjs-aerie/typeorm';

@Module({})
export class AppModule {
  static with(config: DemoConfig): DynamicModule {
    const mailer = new OutboxMailer(new Outbox(config.outbox));
    const features = [accountFlows({ mailer, magicLink: true, codes: true })];
    return {
      module: AppModule,
      providers: [{ provide: APP_FILTER, useClass: DatabaseAwayFilter }],
      imports: [
        TypeOrmModule.forRoot(connectionOptions(config.database, features)),
        AuthModule.forRootAsync({
          imports: [UsersModule, RedisModule.at(config.redisUrl)],
          users: UsersService,
          stores: typeOrmStores(),
          globalGuard: true,
          features,
          inject: [RedisConnections],
          useFactory: (redis: RedisConnections) => ({
            secret: config.secret,
            issuer: config.issuer,
            trustedOrigins: config.trustedOrigins,
            // The tour asks for many mails, all of them from one address.
            attempts: { mails: { address: 500 } },
            ...redis.options,
          }),
        }),
        NotesModule,
        PageModule.of(config.page),
      ],
    };
  }
}
