import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandUnderTest } from './commands.js';

/** The application of these tests: what it is made of comes from the environment. */
const CLASSES = `
class Users {
  findSubject = async () => null;
  verifyPassword = async () => false;
  loadSubject = async (id) => ({ id, roles: [] });
}
class CatsController {
  list() {}
  mine() {}
  remove() {}
  health() {}
}
const route = (decorator, method, ...more) => {
  const descriptor = Object.getOwnPropertyDescriptor(CatsController.prototype, method);
  for (const one of [decorator, ...more]) one(CatsController.prototype, method, descriptor);
};
Controller('cats')(CatsController);
route(Get(), 'list');
route(Get('mine'), 'mine', UseGuards(AnyAuthGuard));
route(Delete(), 'remove', Roles('admin'));
route(Get('health'), 'health', Public());

class AppModule {
  constructor() {
    // A server and a timer that are never ended, as applications have.
    setInterval(() => {}, 1_000);
    console.log('the application prints');
    if (process.env.APP_EXITS) process.exit(0);
  }
  onModuleInit() {
    console.log('A HOOK RAN');
  }
}
const { APP_DATABASE: url = ':memory:', APP_STORES = 'typeorm' } = process.env;
const connection = /^[a-z]+:/.test(url) ? { type: url.split(':')[0], url } : { type: 'better-sqlite3', database: url };
const database = TypeOrmModule.forRoot({
  ...connection,
  autoLoadEntities: true,
  migrations: AUTH_MIGRATIONS,
  migrationsRun: process.env.APP_MIGRATES === '1',
});
const auth = AuthModule.forRoot({
  users: Users,
  stores: APP_STORES === 'memory' ? MemoryStores : typeOrmStores({ audit: true }),
  secret: process.env.AUTH_SECRET,
  issuer: 'https://api.acme.dev',
  globalGuard: process.env.APP_GLOBAL_GUARD === '1',
  refreshTokens: { replayWindow: process.env.APP_REPLAY_WINDOW ?? '30s' },
});
Module({
  imports: [...(APP_STORES === 'memory' ? [] : [database]), ...(process.env.APP_BARE ? [] : [auth])],
  controllers: process.env.APP_BARE ? [] : [CatsController],
})(AppModule);
`;

const IMPORTS: readonly (readonly [names: string, from: string])[] = [
  ['Controller, Delete, Get, Module, UseGuards', '@nestjs/common'],
  ['TypeOrmModule', '@nestjs/typeorm'],
  ['AnyAuthGuard, AuthModule, Public, Roles', 'nestjs-aerie'],
  ['AUTH_MIGRATIONS, typeOrmStores', 'nestjs-aerie/typeorm'],
  ['MemoryStores', 'nestjs-aerie/testing'],
];

/** Writes the application as what a build gives, in both kinds of modules: `esm/app.module.mjs`, `cjs/app.module.cjs`. */
export async function writeApplications({ folder }: CommandUnderTest): Promise<void> {
  const esm = IMPORTS.map(([names, from]) => `import { ${names} } from '${from}';`).join('\n');
  const cjs = IMPORTS.map(([names, from]) => `const { ${names} } = require('${from}');`).join('\n');
  await writeFile(join(folder, 'app.module.mjs'), `${esm}\n${CLASSES}\nexport { AppModule };\n`);
  await writeFile(
    join(folder, 'app.module.cjs'),
    `${cjs}\n${CLASSES}\nObject.assign(exports, { AppModule });\n`,
  );
}
