// A host's process that drops databases and statements of better-sqlite3 12 without closing them, and collects them.
// One argument: the URL of the package.
import 'reflect-metadata';
import vm from 'node:vm';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

try {
  const { default: Database } = await import('better-sqlite3');
  globalThis.first = new Database(':memory:');
} catch {
  console.log('better-sqlite3 12 was not compiled for this Node.js');
  process.exit();
}

const { AuthenticationService, AuthModule } = await import(process.argv[2]);
const { AUTH_MIGRATIONS, typeOrmStores } = await import(new URL('typeorm/index.js', process.argv[2]).href);

class Users {
  findSubject = async () => 'ada';
  verifyPassword = async () => true;
  loadSubject = async (id) => ({ id });
}
Injectable()(Users);

async function start() {
  class AppModule {}
  Module({
    imports: [
      TypeOrmModule.forRoot({
        type: 'better-sqlite3',
        database: ':memory:',
        autoLoadEntities: true,
        migrations: AUTH_MIGRATIONS,
        migrationsRun: true,
      }),
      AuthModule.forRoot({
        users: Users,
        stores: typeOrmStores(),
        secret: 's'.repeat(48),
        issuer: 'https://api.example.com',
      }),
    ],
  })(AppModule);
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['warn', 'error'] });
  return app.get(AuthenticationService);
}

const authentication = await start();
for (let round = 0; round < 100; round++) {
  await authentication.signIn('ada', { mode: 'tokens' });
  const dropped = await new DataSource({ type: 'better-sqlite3', database: ':memory:' }).initialize();
  for (let index = 0; index < 10; index++) await dropped.query(`SELECT ${index}`);
  // A context of its own, as Jest makes one for each file: what is collected meanwhile belongs to none.
  for (let index = 0; index < 5; index++) vm.runInContext('1', vm.createContext({}));
}
console.log('still here');
process.exit();
