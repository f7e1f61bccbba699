import { createClient, createCluster } from 'redis';

/** A client as applications have one: it reconnects by itself, and fails at once while there is no connection. Several URLs are those of a cluster. */
export async function connectRedis(urls) {
  const client =
    typeof urls === 'string'
      ? createClient({ url: urls, disableOfflineQueue: true })
      : createCluster({ rootNodes: urls.map((url) => ({ url })), defaults: { disableOfflineQueue: true } });
  client.on('error', (error) => console.error(`redis: ${error.code ?? error.message}`));
  await client.connect();
  return client;
}
