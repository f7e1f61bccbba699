// A service: a process of its own that verifies the tokens of an issuer, the library as it was built. Its one argument is
// JSON: `{ port, options }`, the options of ResourceServerModule.
import 'reflect-metadata';
import { ConsoleLogger, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  JwtAuthGuard,
  ResourceServerModule,
  ServiceAuthGuard,
} from '../../libs/auth/dist/resource-server/index.js';
import { controller } from './plain-controller.mjs';

const { port, options } = JSON.parse(process.argv[2]);

class ServiceController {
  unguarded() {
    return {};
  }
  user() {
    return {};
  }
  service() {
    return {};
  }
}
controller(ServiceController, '', {
  unguarded: [Get('unguarded')],
  user: [Get('user'), UseGuards(JwtAuthGuard)],
  service: [Get('service'), UseGuards(ServiceAuthGuard)],
});

class ServiceModule {}
Module({ imports: [ResourceServerModule.forRoot(options)], controllers: [ServiceController] })(ServiceModule);

const app = await NestFactory.create(ServiceModule, { logger: new ConsoleLogger({ colors: false }) });
process.once('SIGTERM', async () => {
  await app.close();
  process.exit();
});
await app.listen(port, '127.0.0.1');
