// The process whose memory is measured: an application with AuthModule on PostgreSQL. Argument: table prefix. Run it
// with --expose-gc.
import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { OWN_MODE } from '../lib/own-mode.mjs';
import { ownApplication } from '../routes/own-application.mjs';

const COLLECTIONS = 5;

const { credentials, ...definition } = ownApplication(OWN_MODE, process.argv[2]);
class NodeModule {}
Module(definition)(NodeModule);
const app = await NestFactory.create(NodeModule, new ExpressAdapter(), { logger: ['error'] });
await app.listen(0, '127.0.0.1');

// What is held once all garbage is gone, in bytes, as often as it is asked for.
process.on('message', async () => {
  for (let i = 0; i < COLLECTIONS; i++) {
    globalThis.gc();
    await pause(20);
  }
  const { heapUsed, external } = process.memoryUsage();
  process.send({ heapUsed, external });
});
process.once('disconnect', async () => {
  await app.close();
  process.exit();
});
process.send({ url: await app.getUrl(), credentials: await credentials(app) });
