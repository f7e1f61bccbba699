import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { News, NewsResolver } from './news.js';

/** Beside AuthModule, on Express or Fastify. Nothing more is set up: the interceptor finds the connection. */
@Module({
  imports: [
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      subscriptions: { 'graphql-ws': true },
    }),
  ],
  providers: [News, NewsResolver],
})
export class ApolloModule {}
