import KeyvRedis from '@keyv/redis';
import { createCache } from 'cache-manager';
import { Keyv } from 'keyv';
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

/** A cache that all nodes share, on one server, as cache-manager's own page says to make it. */
export function cacheOn(url) {
  const keyv = new Keyv({ store: new KeyvRedis(url) });
  keyv.on('error', (error) => console.error(`cache: ${error.code ?? error.message}`));
  return createCache({ stores: [keyv] });
}
