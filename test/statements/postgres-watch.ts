import { createRequire } from 'node:module';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { testConnection } from '../support/test-databases.js';
import { isPoll } from '../support/statement-log.js';
import { type DriverWatch, WatchedConnection } from './driver-watch.js';

/** The little of pg that is wrapped. */
interface PgClient {
  readonly connection: {
    on(event: 'readyForQuery', listener: (message: { status: string }) => void): void;
  };
  query(...args: unknown[]): unknown;
}
interface Pg {
  readonly Client: new (...args: unknown[]) => PgClient;
  readonly Pool: new (options: object) => object;
}
const pg = createRequire(import.meta.url)('pg') as Pg;

/** PostgreSQL through a pg whose clients tell of every query. The server says itself whether a transaction is open. */
export function postgresWatch(changes: object = {}): DriverWatch {
  const statements: string[] = [];
  const connections = new Set<WatchedConnection>();

  class WatchedClient extends pg.Client {
    private readonly watched = new WatchedConnection();

    constructor(...args: unknown[]) {
      super(...args);
      connections.add(this.watched);
      this.connection.on('readyForQuery', ({ status }) => {
        this.watched.inTransaction = status !== 'I';
      });
    }

    override query(...args: unknown[]): unknown {
      const [query] = args;
      const text = typeof query === 'string' ? query : (query as { text: string }).text;
      // The feed's own, sent by the clock and by no request.
      if (isPoll(text) || text.startsWith('listen ')) return super.query(...args);
      statements.push(text);
      this.watched.unanswered++;
      const answered = (): unknown => this.watched.unanswered--;
      const callback = args.findLastIndex((arg) => typeof arg === 'function');
      if (callback !== -1) {
        const original = args[callback] as (...results: unknown[]) => void;
        args[callback] = (...results: unknown[]) => {
          answered();
          original(...results);
        };
        return super.query(...args);
      }
      const result = super.query(...args) as Promise<unknown>;
      return result.finally(answered);
    }
  }
  class WatchedPool extends pg.Pool {
    constructor(options: object) {
      super({ ...options, Client: WatchedClient });
    }
  }

  return {
    connection: {
      ...testConnection('postgres'),
      driver: { ...pg, Pool: WatchedPool },
      ...changes,
    } as TypeOrmModuleOptions,
    statements,
    busy: () => WatchedConnection.busyOf(connections),
  };
}
