import type { TypeOrmModuleOptions } from '@nestjs/typeorm';

/**
 * A connection whose driver is watched: below TypeORM and below its logger, where statements leave the process. What it
 * does not tell of was not sent.
 */
export interface DriverWatch {
  readonly connection: TypeOrmModuleOptions;
  /** Texts in the order in which the driver got them. */
  readonly statements: readonly string[];
  /** Connections that are in a transaction, by the database's own word, or that wait for an answer, now. */
  busy(): readonly string[];
}

/** What one connection of a pool was last heard to do. */
export class WatchedConnection {
  unanswered = 0;
  inTransaction = false;

  static busyOf(connections: Iterable<WatchedConnection>): string[] {
    return [...connections].flatMap(({ unanswered, inTransaction }) => [
      ...(inTransaction ? ['in a transaction'] : []),
      ...(unanswered > 0 ? [`${unanswered} unanswered`] : []),
    ]);
  }
}
