// `nestjs-aerie/sql`: the stores on a client of the application's own, without an ORM or beside one
export { sqlStores, type SqlClientSource, type SqlStoresOptions } from './clients/client-stores.js';
export { hostTransaction, type Mysql2Connection, type PgConnection } from './clients/host-transaction.js';
export type { MysqlPool, PgPool, SqlClient, SqliteClient } from './clients/sql-client.js';
export type { TableNames } from './clients/table-names.js';
export type { DoorOptions } from './stores/door.js';
export type { DatabaseOptions } from './database/database-options.js';

// Tables
export {
  type AuthMigration,
  type AuthMigrationOptions,
  authMigrationSql,
} from './migrations/auth-migration-sql.js';
export { migrateAuth } from './migrations/migrate-auth.js';
