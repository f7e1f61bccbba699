import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BillingModule } from './billing.js';
import { IssuerModule } from './issuer.js';
import { OrdersModule } from './orders.js';
import { BILLING, ISSUER, ORDERS } from './places.js';
import { TOUR } from './tour.js';

/** Three applications that know only the URLs of each other: they could run on three machines. */
async function start(module: Type, url: string): Promise<void> {
  const app = await NestFactory.create(module, { logger: ['error', 'warn'] });
  app.enableShutdownHooks();
  await app.listen(Number(new URL(url).port), '127.0.0.1');
}

await start(IssuerModule, ISSUER);
await start(BillingModule, BILLING);
await start(OrdersModule, ORDERS);
console.log(`issuer ${ISSUER}, orders ${ORDERS}, billing ${BILLING}. Try:\n\n${TOUR}\n`);
