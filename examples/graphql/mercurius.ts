import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { News, NewsResolver } from './news.js';

/** Beside AuthModule, on Fastify. */
@Module({
  imports: [
    GraphQLModule.forRoot<MercuriusDriverConfig>({
      driver: MercuriusDriver,
      autoSchemaFile: true,
      // The interceptor closes the connection as well, if the context has it.
      subscription: { fullWsTransport: true, context: (socket: unknown) => ({ socket }) },
    }),
  ],
  providers: [News, NewsResolver],
})
export class MercuriusModule {}
