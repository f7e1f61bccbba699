// A node: a process of its own with an application that listens, the library as it was built, and routes by which a
// test tells it what to do. Its one argument is JSON, the `NodeConfiguration` of test/support/nodes.ts.
import 'reflect-metadata';
import { ConsoleLogger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../../libs/auth/dist/index.js';
import { handover } from '../../libs/auth/dist/features/handover/index.js';
import { serviceIssuer } from '../../libs/auth/dist/features/service-issuer/index.js';
import { authMigrations, typeOrmStores } from '../../libs/auth/dist/typeorm/index.js';
import { cacheOnRedis } from './redis-cache.mjs';
import { controlController } from './control-routes.mjs';
import { Directory, DirectoryModule } from './directory.mjs';
import { guardedController } from './guarded-routes.mjs';
import { connectRedis } from './redis-client.mjs';

const { adapter, port, connection, redisUrl, options: given } = JSON.parse(process.argv[2]);
/** Which features are on, and the options of the stores, as JSON can hold them. */
const { services = false, handsOver = false, stores, ...options } = given;
const features = [...(services ? [serviceIssuer()] : []), ...(handsOver ? [handover()] : [])];

/** The one place where options are made of clients, which JSON cannot hold. */
function optionsWithServers(given, { redis, cache }) {
  if (!redis) return given;
  return { ...given, revocation: { ...given.revocation, redis }, cache };
}

async function httpAdapter() {
  if (adapter === 'fastify') {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    // Connections of clients that wait are cut when it closes.
    return new FastifyAdapter({ forceCloseConnections: true });
  }
  const { ExpressAdapter } = await import('@nestjs/platform-express');
  return new ExpressAdapter();
}

const redis = redisUrl === undefined ? undefined : await connectRedis(redisUrl);
const cache = redisUrl === undefined ? undefined : cacheOnRedis(redisUrl);

class NodeModule {}
Module({
  imports: [
    DirectoryModule,
    TypeOrmModule.forRoot({
      ...connection,
      ...(services && connection.migrations && { migrations: authMigrations(features) }),
      autoLoadEntities: true,
      retryAttempts: 1,
    }),
    AuthModule.forRoot({
      imports: [DirectoryModule],
      users: Directory,
      sweepInterval: false,
      ...optionsWithServers(options, { redis, cache }),
      stores: typeOrmStores(stores),
      features,
    }),
  ],
  controllers: [guardedController(), controlController()],
})(NodeModule);

const app = await NestFactory.create(NodeModule, await httpAdapter(), {
  logger: new ConsoleLogger({ colors: false }),
  forceCloseConnections: true,
});
process.once('SIGTERM', async () => {
  await app.close();
  redis?.destroy();
  await cache?.disconnect();
  process.exit();
});
await app.listen(port, '127.0.0.1');
