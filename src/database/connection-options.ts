import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import type { AuthFeature } from 'nestjs-aerie/feature';
import { authMigrations } from 'nestjs-aerie/typeorm';
import type { DemoConfig } from '../demo-config.js';
import { sqliteDriver } from './sqlite-driver.js';
import { CreateDemoTables1795219300000 } from './create-demo-tables.js';
import { VerifyAddresses1795910400000 } from './verify-addresses.js';

/** The connection: the same migrations run on every database. */
export function connectionOptions(
  { type, url }: DemoConfig['database'],
  features: readonly AuthFeature[],
): TypeOrmModuleOptions {
  const shared = {
    autoLoadEntities: true,
    migrations: [...authMigrations(features), CreateDemoTables1795219300000, VerifyAddresses1795910400000],
    migrationsRun: true,
    retryAttempts: 3,
    retryDelay: 1000,
  };
  if (type === 'better-sqlite3') {
    // While a statement waits for another process, this process is blocked: half a second, not the driver's five.
    return { ...shared, type, database: url, enableWAL: true, timeout: 500, driver: sqliteDriver() };
  }
  return { ...shared, type, url };
}
