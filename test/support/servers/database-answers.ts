import { DataSource, type DataSourceOptions } from 'typeorm';

/** A server of one test, and how to reach it. */
export interface ServerAddress {
  readonly type: 'postgres' | 'mariadb';
  readonly url: string;
}

/** One query on a connection of its own; a server that does not let us in is given up after `withinMs`. */
export async function queryOnce<R>(
  { type, url }: ServerAddress,
  text: string,
  withinMs = 10_000,
): Promise<R[]> {
  // TypeORM's name of the limit is the same for both only here.
  const limit = type === 'postgres' ? { connectTimeoutMS: withinMs } : { connectTimeout: withinMs };
  const source = new DataSource({ type, url, ...limit, logging: false } as DataSourceOptions);
  await source.initialize();
  try {
    return (await source.query(text)) as R[];
  } finally {
    await source.destroy();
  }
}

/** Whether it lets us in and answers. */
export function databaseAnswers(server: ServerAddress, withinMs?: number): Promise<boolean> {
  return queryOnce(server, 'select 1', withinMs).then(
    () => true,
    () => false,
  );
}
