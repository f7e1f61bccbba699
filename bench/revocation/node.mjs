// A node: one of several processes of the same application, on loopback. Arguments: mode, table prefix.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { TypeOrmModule } from '@nestjs/typeorm';
import { JwtAuthGuard, SessionAuthGuard } from 'nestjs-aerie';
import { authModule } from '../lib/auth-application.mjs';
import { mariadbConnection } from '../lib/mariadb.mjs';
import { postgresConnection } from '../lib/postgres.mjs';
import { redisClient } from '../lib/redis.mjs';
import { answeringController } from '../routes/answer.mjs';
import { MODES } from './modes.mjs';

const POOL_SIZE = 10;

const [modeName, prefix] = process.argv.slice(2);
const mode = MODES[modeName];
const connection = { postgres: postgresConnection, mariadb: mariadbConnection }[mode.database];
const redis = mode.redis ? await redisClient() : undefined;

class NodeModule {}
Module({
  imports: [
    TypeOrmModule.forRoot(connection(prefix, POOL_SIZE)),
    authModule({ revocation: mode.revocation(redis) }),
  ],
  controllers: [answeringController('session', SessionAuthGuard), answeringController('jwt', JwtAuthGuard)],
})(NodeModule);

const app = await NestFactory.create(NodeModule, new ExpressAdapter(), { logger: ['error'] });
await app.listen(0, '127.0.0.1');
process.once('disconnect', async () => {
  await app.close();
  process.exit();
});
process.send(await app.getUrl());
