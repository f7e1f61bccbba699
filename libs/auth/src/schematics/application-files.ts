import type { NestProject, StoresKind } from './nest-project.js';
import { databaseFile } from './database-files.js';
import { usersFiles } from './users-files.js';

/** The class that the root module imports, and the file that has it. */
export const MODULE_CLASS = 'AppAuthModule';
export const MODULE_FILE = 'auth.module';

/** The files that the team owns from now on, by their names in the folder. */
export function applicationFiles(project: NestProject, stores: StoresKind): ReadonlyMap<string, string> {
  const js = project.esm ? '.js' : '';
  const database = databaseFile(project, stores);
  return new Map([
    [`${MODULE_FILE}.ts`, authModule(js, stores, database !== null)],
    ['settings.ts', SETTINGS],
    ['profile.controller.ts', PROFILE],
    ...usersFiles(js, stores),
    ...(database === null ? [] : [['database.ts', database] as const]),
  ]);
}

const STORES: Readonly<
  Record<StoresKind, { readonly from: string; readonly name: string; readonly value: string }>
> = {
  memory: { from: 'nestjs-aerie/memory', name: 'memoryStores', value: 'memoryStores()' },
  typeorm: { from: 'nestjs-aerie/typeorm', name: 'typeOrmStores', value: 'typeOrmStores()' },
  sql: { from: 'nestjs-aerie/sql', name: 'sqlStores', value: 'sqlStores({ client: pool })' },
};

const NOT_IN_PRODUCTION = `
// Users and sign-ins are in memory, and end with the process. Keep both in a
// database before production: typeOrmStores() or sqlStores().
if (process.env.NODE_ENV === 'production') {
  throw new Error('src/auth keeps users and sign-ins in memory.');
}
`;

function authModule(js: string, kind: StoresKind, ownConnection: boolean): string {
  const stores = STORES[kind];
  const connection = kind === 'typeorm' && ownConnection;
  const pool = kind === 'sql' ? `import { pool } from './database${js}';\n` : '';
  return `import { Module } from '@nestjs/common';
import { AuthModule } from 'nestjs-aerie';
import { ${stores.name} } from '${stores.from}';
${connection ? `import { DatabaseModule } from './database${js}';\n` : pool}import { ProfileController } from './profile.controller${js}';
import { settings } from './settings${js}';
import { UsersModule } from './users.module${js}';
import { UsersService } from './users.service${js}';
${kind === 'memory' ? NOT_IN_PRODUCTION : ''}
@Module({
  imports: [
${connection ? '    DatabaseModule,\n' : ''}    AuthModule.forRoot({
      imports: [UsersModule],
      users: UsersService,
      stores: ${stores.value},
      secret: settings.secret,
      issuer: settings.issuer,
    }),
  ],
  controllers: [ProfileController],
})
export class ${MODULE_CLASS} {}
`;
}

const SETTINGS = `import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';

// A variable that is set already wins over the file's.
if (existsSync('.env')) process.loadEnvFile('.env');

const { AUTH_SECRET, AUTH_ISSUER, NODE_ENV } = process.env;
const forTests = NODE_ENV === 'test';

/** .env.example says what each is. Tests run without them. */
export const settings = {
  secret: AUTH_SECRET || (forTests ? randomBytes(48).toString('hex') : ''),
  issuer: AUTH_ISSUER || (forTests ? 'http://localhost:3000' : ''),
};
`;

const PROFILE = `import { Controller, Get, UseGuards } from '@nestjs/common';
import { AnyAuthGuard, CurrentUser, type Principal } from 'nestjs-aerie';

/** An example of a guarded route. */
@Controller('profile')
@UseGuards(AnyAuthGuard)
export class ProfileController {
  @Get()
  read(@CurrentUser() user: Principal) {
    return { id: user.id, roles: user.roles };
  }
}
`;
