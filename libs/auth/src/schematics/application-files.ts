import type { NestProject, StoresKind } from './nest-project.js';
import type { Connection } from './database-files.js';
import { usersFiles } from './users-files.js';

/** The class that the root module imports, and the file that has it. */
export const MODULE_CLASS = 'AppAuthModule';
export const MODULE_FILE = 'auth.module';

/** The files that the team owns from now on, by their names in the folder. */
export function applicationFiles(
  project: NestProject,
  stores: StoresKind,
  connection: Connection | null,
): ReadonlyMap<string, string> {
  const js = project.esm ? '.js' : '';
  return new Map([
    [`${MODULE_FILE}.ts`, authModule(js, stores, connection !== null)],
    ['settings.ts', SETTINGS],
    ['profile.controller.ts', PROFILE],
    ...usersFiles(js, stores),
    ...(connection === null ? [] : [['database.module.ts', connection.text] as const]),
  ]);
}

const STORES: Readonly<
  Record<StoresKind, { readonly from: string; readonly name: string; readonly value: string }>
> = {
  memory: { from: 'nestjs-aerie/memory', name: 'memoryStores', value: 'memoryStores()' },
  typeorm: { from: 'nestjs-aerie/typeorm', name: 'typeOrmStores', value: 'typeOrmStores()' },
  sql: {
    from: 'nestjs-aerie/sql',
    name: 'sqlStores',
    value: `sqlStores({
        inject: [pg.Pool],
        useFactory: (pool: pg.Pool) => pool,
      })`,
  },
};

const NOT_IN_PRODUCTION = `
// Users and sign-ins are in memory, and end with the process. Keep both in a
// database before production: typeOrmStores() or sqlStores().
if (process.env.NODE_ENV === 'production') {
  throw new Error('src/auth keeps users and sign-ins in memory.');
}
`;

function authModule(js: string, kind: StoresKind, connects: boolean): string {
  const stores = STORES[kind];
  const driver = kind === 'sql' ? "import pg from 'pg';\n" : '';
  const database = connects ? `import { DatabaseModule } from './database.module${js}';\n` : '';
  return `import { Module } from '@nestjs/common';
import { AuthModule } from 'nestjs-aerie';
import { ${stores.name} } from '${stores.from}';
${driver}${database}import { ProfileController } from './profile.controller${js}';
import { settings } from './settings${js}';
import { UsersModule } from './users.module${js}';
import { UsersService } from './users.service${js}';
${kind === 'memory' ? NOT_IN_PRODUCTION : ''}
@Module({
  imports: [
${connects ? '    DatabaseModule,\n' : ''}    AuthModule.forRoot({
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
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

// A variable that is set already wins over the file's. (Jest does not see
// what process.loadEnvFile() does.)
if (existsSync('.env')) {
  const variables = parseEnv(readFileSync('.env', 'utf8'));
  for (const name in variables) process.env[name] ??= variables[name];
}

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
