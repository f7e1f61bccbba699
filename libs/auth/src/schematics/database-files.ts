import { installed, type NestProject, type StoresKind } from './nest-project.js';

/** How TypeORM names the driver that the project has; `pg` where it has none. */
const CONNECTIONS = {
  pg: `type: 'postgres',\n      url: process.env.DATABASE_URL,`,
  mysql2: `type: 'mariadb',\n      url: process.env.DATABASE_URL,`,
  'better-sqlite3': `type: 'better-sqlite3',\n      database: 'app.sqlite',`,
} as const;
export type Driver = keyof typeof CONNECTIONS;

/** The driver that the project has, or null. */
export function driverOf({ manifest }: NestProject): Driver | null {
  const packages = installed(manifest);
  return (Object.keys(CONNECTIONS) as Driver[]).find((name) => packages[name]) ?? null;
}

/** The connection to the database; null where none is written. */
export function databaseFile(project: NestProject, stores: StoresKind): string | null {
  if (stores === 'memory' || (stores === 'typeorm' && project.connects)) return null;
  return stores === 'typeorm' ? typeOrmConnection(project.esm ? '.js' : '', driverOf(project) ?? 'pg') : '';
}

const typeOrmConnection = (js: string, driver: Driver): string => `import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import './settings${js}';

/** The connection of the whole application. */
@Module({
  imports: [
    TypeOrmModule.forRoot({
      ${CONNECTIONS[driver]}
      autoLoadEntities: true,
      // Makes tables of entities while you develop. In production run migrations
      // in its place: AUTH_MIGRATIONS of nestjs-aerie/typeorm beside your own.
      synchronize: process.env.DATABASE_SYNCHRONIZE === 'true',
    }),
  ],
})
export class DatabaseModule {}
`;
