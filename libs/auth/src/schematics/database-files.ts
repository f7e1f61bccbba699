import { installed, type NestProject, type StoresKind } from './nest-project.js';

/** The drivers that TypeORM is connected by: its options, and the URL for `.env`. `pg` where the project has none. */
const DRIVERS = {
  pg: {
    options: `type: 'postgres',\n      url: process.env.DATABASE_URL,`,
    url: 'postgres://postgres@127.0.0.1:5432/postgres',
  },
  mysql2: {
    options: `type: 'mariadb',\n      url: process.env.DATABASE_URL,`,
    url: 'mariadb://root@127.0.0.1:3306/test',
  },
  'better-sqlite3': { options: `type: 'better-sqlite3',\n      database: 'app.sqlite',`, url: null },
} as const;
type Driver = keyof typeof DRIVERS;

/** The connection that is written: its file, and what `.env` says of it. */
export interface Connection {
  readonly driver: Driver;
  readonly text: string;
  readonly url: string | null;
  /** Whether TypeORM makes the tables while the team develops. */
  readonly synchronizes: boolean;
}

/** The driver that stores of this kind use: one that the project has, else `pg`. */
function driverFor({ manifest }: NestProject, stores: StoresKind): Driver | null {
  if (stores === 'memory') return null;
  if (stores === 'sql') return 'pg';
  const packages = installed(manifest);
  return (Object.keys(DRIVERS) as Driver[]).find((name) => packages[name]) ?? 'pg';
}

/** The connection to the database; null where the application has one that is used, or needs none. */
export function connectionOf(project: NestProject, stores: StoresKind): Connection | null {
  const driver = driverFor(project, stores);
  if (driver === null || (stores === 'typeorm' && project.connects)) return null;
  const js = project.esm ? '.js' : '';
  const { options, url } = DRIVERS[driver];
  return stores === 'typeorm'
    ? { driver, text: typeOrmConnection(js, options), url, synchronizes: true }
    : { driver, text: pool(js), url, synchronizes: false };
}

const typeOrmConnection = (js: string, options: string): string => `import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import './settings${js}';

/** The connection of the whole application. */
@Module({
  imports: [
    TypeOrmModule.forRoot({
      ${options}
      autoLoadEntities: true,
      // Makes the tables while you develop. In production run migrations:
      // AUTH_MIGRATIONS of nestjs-aerie/typeorm, beside your own.
      synchronize: process.env.DATABASE_SYNCHRONIZE === 'true',
    }),
  ],
})
export class DatabaseModule {}
`;

const pool = (js: string): string => `import {
  Global,
  Inject,
  Module,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { migrateAuth } from 'nestjs-aerie/sql';
import pg from 'pg';
import './settings${js}';

// Move it to your migrations.
const USERS = \`create table if not exists app_user (
  id text primary key,
  email text not null unique,
  password_hash text not null,
  disabled boolean not null default false,
  roles text[] not null default '{}'
)\`;

async function connect() {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
  // Makes the tables of sign-ins where they are missing.
  await migrateAuth(pool);
  await pool.query(USERS);
  return pool;
}

/** The pool of the whole application: inject \`pg.Pool\`. */
@Global()
@Module({
  providers: [{ provide: pg.Pool, useFactory: connect }],
  exports: [pg.Pool],
})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(pg.Pool) private readonly pool: pg.Pool) {}

  async onApplicationShutdown() {
    await this.pool.end();
  }
}
`;
