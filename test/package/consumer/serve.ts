import 'reflect-metadata';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { APPLICATIONS } from './applications.js';

/** Starts the application that the command line names, and says where it listens. */
export async function serve(adapter: AbstractHttpAdapter): Promise<void> {
  const application = APPLICATIONS.find(({ name }) => name === process.argv[2]);
  if (!application) throw new Error(`there is no application named ${process.argv[2]}`);
  const app = await NestFactory.create(application, adapter, { logger: ['error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  console.log(`listens on ${await app.getUrl()} .`);
}
