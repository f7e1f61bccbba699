// An application with AuthModule and its routes, on Express and PostgreSQL, with a pool of the driver's own size.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthenticationService } from 'nestjs-aerie';
import { authModule } from '../lib/auth-application.mjs';
import { postgresConnection } from '../lib/postgres.mjs';

const [prefix, poolSize] = process.argv.slice(2);

class ApplicationModule {}
Module({
  imports: [TypeOrmModule.forRoot(postgresConnection(prefix, Number(poolSize))), authModule({})],
})(ApplicationModule);
const app = await NestFactory.create(ApplicationModule, { logger: ['error'] });
await app.listen(0, '127.0.0.1');
const service = app.get(AuthenticationService);

// Refresh tokens of families of their own, as many as asked for; or the processor time that was used so far.
process.on('message', async (count) => {
  if (count === 'cpu') {
    const { user, system } = process.cpuUsage();
    return process.send(user + system);
  }
  const tokens = [];
  for (let i = 0; i < count; i++)
    tokens.push((await service.signIn(`user-${prefix}${i}`, { mode: 'tokens' })).refreshToken);
  process.send(tokens);
});
process.on('disconnect', async () => {
  await app.close();
  process.exit();
});
process.send(await app.getUrl());
