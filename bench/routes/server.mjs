// The server: one application in a process of its own, on loopback. Arguments: adapter, application, table prefix.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { betterAuthApplication } from './better-auth.mjs';
import { expressSessionRedisApplication } from './express-session-redis.mjs';
import { ownApplication } from './own-application.mjs';
import { expressSessionApplication, passportApplication } from './peer-applications.mjs';

const [adapterName, applicationName, prefix = ''] = process.argv.slice(2);

const APPLICATIONS = {
  stateless: () => ownApplication('none', prefix),
  lookup: () => ownApplication('lookup', prefix),
  feed: () => ownApplication('feed', prefix),
  passport: passportApplication,
  'express-session': expressSessionApplication,
  'express-session-redis': () => expressSessionRedisApplication(prefix),
  'better-auth': () => betterAuthApplication(prefix),
};

const { credentials, configure, ...definition } = await APPLICATIONS[applicationName]();
class ApplicationModule {}
Module(definition)(ApplicationModule);

const app = await NestFactory.create(ApplicationModule, await adapter(adapterName), { logger: ['error'] });
configure?.(app);
await app.listen(0, '127.0.0.1');

// The processor time used so far, in microseconds, as often as it is asked for.
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send(user + system);
});
process.once('disconnect', async () => {
  await app.close();
  process.exit();
});
process.send({ url: await app.getUrl(), credentials: await credentials(app) });

async function adapter(name) {
  if (name === 'express') {
    const { ExpressAdapter } = await import('@nestjs/platform-express');
    return new ExpressAdapter();
  }
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  return new FastifyAdapter();
}
