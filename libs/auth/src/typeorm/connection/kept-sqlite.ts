import { DataSource } from 'typeorm';
import { isOfThatNode, keepNativeObjects } from '../../sql/drivers/kept-objects.js';

interface Connection {
  close(): void;
}

/** `keepNativeObjects` for the driver that TypeORM will load, before the application opens its database. */
export function keepObjectsOfSqliteDriver(): void {
  const connection = isOfThatNode() ? connectionOfDriver() : undefined;
  if (connection && !keepNativeObjects(connection)) connection.close();
}

/** A database of that driver; undefined when there is none. */
function connectionOfDriver(): Connection | undefined {
  try {
    const { driver } = new DataSource({ type: 'better-sqlite3', database: ':memory:' });
    const { sqlite } = driver as unknown as { sqlite: new (path: string) => Connection };
    return new sqlite(':memory:');
  } catch {
    return undefined;
  }
}
