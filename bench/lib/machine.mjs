// What the figures depend on: the machine, the versions of Node and of the database.
import { availableParallelism, cpus, loadavg } from 'node:os';
import { POSTGRES_URL, withPostgres } from './postgres.mjs';

export async function machineFacts() {
  const [cpu] = cpus();
  return [
    `Node ${process.versions.node}, ${process.platform} ${process.arch}`,
    `${availableParallelism()} cores available (${cpu?.model ?? 'unknown model'}), load average ${loadavg()[0].toFixed(2)} at the start`,
    await postgresFacts(),
  ].join('\n');
}

async function postgresFacts() {
  try {
    return await withPostgres(async (client) => {
      const { rows } = await client.query(
        `select current_setting('server_version') as version, current_setting('synchronous_commit') as commits, current_setting('fsync') as fsync`,
      );
      const [{ version, commits, fsync }] = rows;
      return `PostgreSQL ${version}, synchronous_commit ${commits}, fsync ${fsync}`;
    });
  } catch (error) {
    return `PostgreSQL: no answer at ${new URL(POSTGRES_URL).host} (${error.code ?? error.message})`;
  }
}
