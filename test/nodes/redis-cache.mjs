import KeyvRedis, { createCluster } from '@keyv/redis';
import { createCache } from 'cache-manager';
import { Keyv } from 'keyv';

/** A cache of cache-manager that all nodes share, as the documentation says to make it. Several URLs are those of a cluster. */
export function cacheOnRedis(urls) {
  const connection =
    typeof urls === 'string' ? urls : createCluster({ rootNodes: urls.map((url) => ({ url })) });
  // The library says once that it fails, and once that it is back.
  const keyv = new Keyv({ store: new KeyvRedis(connection) }).on('error', () => undefined);
  return createCache({ stores: [keyv] });
}
