import { type DynamicModule, Module } from '@nestjs/common';
import { RedisConnections } from './redis-connections.js';

/** Connections to the demo's Redis, if it has one. */
@Module({})
export class RedisModule {
  static at(url: string | null): DynamicModule {
    return {
      module: RedisModule,
      providers: [{ provide: RedisConnections, useFactory: () => new RedisConnections(url) }],
      exports: [RedisConnections],
    };
  }
}
