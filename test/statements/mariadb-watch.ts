import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import mysql2 from 'mysql2';
import { testConnection } from '../support/test-databases.js';
import { isPoll } from '../support/statement-log.js';
import { type DriverWatch, WatchedConnection } from './driver-watch.js';

const SERVER_STATUS_IN_TRANS = 1;

type Sending = (...args: unknown[]) => unknown;
interface Sender {
  query: Sending;
  execute: Sending;
}

/**
 * MariaDB through a mysql2 whose connections tell of every statement. The server says with every answer to a write, a
 * begin and a commit whether a transaction is open.
 */
export function mariadbWatch(changes: object = {}): DriverWatch {
  const statements: string[] = [];
  const connections = new Set<WatchedConnection>();

  const watch = (connection: Sender): void => {
    const watched = new WatchedConnection();
    connections.add(watched);
    for (const method of ['query', 'execute'] as const) {
      const send = connection[method].bind(connection);
      connection[method] = (...args) => {
        const [query] = args;
        const text = typeof query === 'string' ? query : (query as { sql: string }).sql;
        // The feed's own, sent by the clock and by no request.
        if (isPoll(text)) return send(...args);
        statements.push(text);
        watched.unanswered++;
        const callback = args.findLastIndex((arg) => typeof arg === 'function');
        if (callback === -1) throw new Error('a statement without a callback');
        const original = args[callback] as (...results: unknown[]) => void;
        args[callback] = (...results: unknown[]) => {
          watched.unanswered--;
          const status = (results[1] as { serverStatus?: number } | undefined)?.serverStatus;
          if (status !== undefined) watched.inTransaction = (status & SERVER_STATUS_IN_TRANS) !== 0;
          original(...results);
        };
        return send(...args);
      };
    }
  };

  const driver = {
    ...mysql2,
    createPool(options: mysql2.PoolOptions) {
      const pool = mysql2.createPool(options);
      pool.on('connection', (connection) => watch(connection as unknown as Sender));
      return pool;
    },
  };
  return {
    connection: { ...testConnection('mariadb'), driver, ...changes } as TypeOrmModuleOptions,
    statements,
    busy: () => WatchedConnection.busyOf(connections),
  };
}
