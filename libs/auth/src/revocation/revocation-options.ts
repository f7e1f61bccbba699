import type { Duration } from '../time/duration.js';
import type { OptionReader } from '../validation/option-reader.js';

/**
 * What we use of the application's Redis client: node-redis (`redis`, single or cluster), or ioredis. It publishes; a
 * duplicate of it listens.
 */
export interface RedisClient {
  publish(channel: string, message: string): Promise<unknown>;
  duplicate(): unknown;
}

/**
 * Options under `revocation`.
 */
export interface RevocationOptions {
  /**
   * How a request learns that a sign-in has ended. `feed`: every process keeps all live revocations in memory; no query.
   * `lookup`: the record is asked, or the shared cache. `none`: an access token lives until it expires. Default `feed`.
   */
  readonly mode?: 'feed' | 'lookup' | 'none';
  /** How often the feed is read when no notification comes, 100ms to 60s. Default `1s`. */
  readonly pollInterval?: Duration;
  /**
   * How old the knowledge may be on which a request is admitted, 0s to 60s; for the feed at least `pollInterval`. Default
   * `5s`.
   */
  readonly maxStaleness?: Duration;
  /**
   * What access tokens get when the feed is older than that, and cannot be read: `refuse` (503), `lookup` (the table is
   * asked), or `allow`, which takes revoked tokens for good as long as the outage lasts. Default `refuse`.
   */
  readonly onUnavailable?: 'refuse' | 'lookup' | 'allow';
  /** More revocations than this are not kept in memory: the tables are asked, 1,000 to 5,000,000. Default 200,000. */
  readonly maxEntries?: number;
  /** Whether processes tell each other at once: through `redis`, else through PostgreSQL's NOTIFY. Default true. */
  readonly notifications?: boolean;
  /**
   * A client of node-redis (single or cluster) or ioredis, for notifications through pub/sub. The application connects and closes
   * it; a duplicate of it listens. Default: none.
   */
  readonly redis?: RedisClient;
}

export interface ResolvedRevocationOptions {
  readonly mode: 'feed' | 'lookup' | 'none';
  readonly pollIntervalMs: number;
  readonly maxStalenessMs: number;
  readonly onUnavailable: 'refuse' | 'lookup' | 'allow';
  readonly maxEntries: number;
  readonly notifications: boolean;
  readonly redis: RedisClient | null;
}

const redisClient = (v: unknown): v is RedisClient =>
  typeof (v as RedisClient | null)?.publish === 'function' &&
  typeof (v as RedisClient).duplicate === 'function';

export function resolveRevocationOptions(reader: OptionReader): ResolvedRevocationOptions {
  const resolved: ResolvedRevocationOptions = {
    mode: reader.oneOf('mode', ['feed', 'lookup', 'none'], 'feed'),
    pollIntervalMs: reader.duration('pollInterval', { default: '1s', min: '100ms', max: '60s' }),
    maxStalenessMs: reader.duration('maxStaleness', { default: '5s', min: '0s', max: '60s' }),
    onUnavailable: reader.oneOf('onUnavailable', ['refuse', 'lookup', 'allow'], 'refuse'),
    maxEntries: reader.integer('maxEntries', { default: 200_000, min: 1_000, max: 5_000_000 }),
    notifications: reader.boolean('notifications', true),
    redis: reader.custom(
      'redis',
      'a client of node-redis or ioredis',
      redisClient,
      null,
    ) as RedisClient | null,
  };
  reader.done();
  if (resolved.mode === 'feed' && resolved.maxStalenessMs < resolved.pollIntervalMs) {
    reader.refuse('maxStaleness', 'at least "revocation.pollInterval"', `${resolved.maxStalenessMs}ms`);
  }
  return resolved;
}
