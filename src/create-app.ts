import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { DemoConfig } from './demo-config.js';
import { assertPortIsFree } from './free-port.js';
import { serveDocs } from './openapi/docs.js';

/** The demo, ready to listen. */
export async function createApp(config: DemoConfig): Promise<INestApplication> {
  await assertPortIsFree(config.host, config.port);
  const module = AppModule.with(config);
  const logger = { logger: ['warn', 'error'] as ('warn' | 'error')[] };
  let app: INestApplication;
  if (config.adapter === 'fastify') {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    app = await NestFactory.create(module, new FastifyAdapter(), logger);
  } else {
    const express = await NestFactory.create<NestExpressApplication>(module, logger);
    express.disable('x-powered-by');
    app = express;
  }
  serveDocs(app);
  app.enableShutdownHooks();
  return app;
}
