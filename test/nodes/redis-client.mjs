import { createClient } from 'redis';

/** A client as applications have one: it reconnects by itself, and fails at once while there is no connection. */
export async function connectRedis(url) {
  const client = createClient({ url, disableOfflineQueue: true });
  client.on('error', (error) => console.error(`redis: ${error.code ?? error.message}`));
  await client.connect();
  return client;
}
