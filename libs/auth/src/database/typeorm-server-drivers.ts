import { MYSQL, POSTGRES } from './dialect.js';
import type { ServerDriver } from './typeorm-server-database.js';

export const POSTGRES_DRIVER: ServerDriver = {
  dialect: POSTGRES,
  begin: ['start transaction isolation level read committed'],
  sever(connection) {
    (connection as { connection?: { stream?: { destroy(): void } } }).connection?.stream?.destroy();
  },
};

export const MYSQL_DRIVER: ServerDriver = {
  dialect: MYSQL,
  begin: ['set transaction isolation level read committed', 'start transaction'],
  sever(connection) {
    (connection as { destroy(): void }).destroy();
  },
};
