// The Redis server that is measured, and keys of our own in it that leave no trace.
import { createClient } from 'redis';

export const REDIS_URL = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

/** A connected client; what fails afterwards is left to its user. */
export async function redisClient() {
  const client = createClient({
    url: REDIS_URL,
    socket: { connectTimeout: 3_000, reconnectStrategy: false },
  });
  client.on('error', () => undefined);
  return client.connect();
}

async function withRedis(work) {
  const client = await redisClient();
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}

export async function redisAnswers() {
  return withRedis((client) => client.ping()).then(
    () => true,
    () => false,
  );
}

/** Deletes every key whose name begins with `prefix`, which holds no character of a pattern. */
export async function dropKeys(prefix) {
  await withRedis(async (client) => {
    for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 }))
      if (keys.length > 0) await client.del(keys);
  });
}

export async function redisFacts() {
  try {
    const info = await withRedis((client) => client.info('server'));
    return `Redis ${/redis_version:(\S+)/.exec(info)[1]}`;
  } catch (error) {
    return `Redis: no answer at ${new URL(REDIS_URL).host} (${error.code ?? error.message})`;
  }
}
