import type { RedisClient } from '../revocation/revocation-options.js';
import { isSecureUrl, SECURE_URL } from '../http-client/http-client.js';
import type { Duration } from '../time/duration.js';
import type { OptionReader } from '../validation/option-reader.js';
import { ClientCredentials, shortText, type ClientCredentialsOptions } from './issuer/client-credentials.js';

/** A token is accepted until it expires, also after its sign-in has ended. */
export interface NoRevocation {
  readonly mode: 'none';
}

/** The issuer is asked about each token (RFC 7662). */
export interface RevocationByIntrospection {
  readonly mode: 'introspection';
  /** Default: `/auth/introspect` after `issuer`. */
  readonly url?: string;
  /** The service client that asks. */
  readonly client: ClientCredentialsOptions;
  /** How long an answer is cached, 0s to 60s. Default `5s`. */
  readonly maxStaleness?: Duration;
}

/** Every live revocation of the issuer is kept in memory, by polling. */
export interface RevocationByFeed {
  readonly mode: 'feed';
  /** Default: `/auth/revocations` after `issuer`. */
  readonly url?: string;
  /** The service client that polls; it needs the scope `revocations`. `tokenUrl` defaults to `/auth/token` after `issuer`. */
  readonly client: ClientCredentialsOptions & { readonly tokenUrl?: string };
  /** Whom the client's token is for: the issuer's own `accessTokens.audience`. Default: `issuer`. */
  readonly audience?: string;
  /** How often, when no notification comes, 100ms to 60s. Default `1s`. */
  readonly pollInterval?: Duration;
  /** How old the knowledge may be on which a request is admitted, `pollInterval` to 60s. Default `5s`. */
  readonly maxStaleness?: Duration;
  /**
   * What tokens get when the feed is older than that, and cannot be read: `refuse` (503), or `allow`, which takes revoked
   * tokens for good as long as the outage lasts. Default `refuse`.
   */
  readonly onUnavailable?: 'refuse' | 'allow';
  /** With more revocations than this every request is refused (503), 1,000 to 5,000,000. Default 200,000. */
  readonly maxEntries?: number;
  /**
   * A client of node-redis or ioredis, of the Redis that the issuer notifies through: revocations are then known at once. The
   * application connects and closes it; a duplicate of it listens. Default: none.
   */
  readonly redis?: RedisClient;
}

/**
 * How a resource server learns what has ended: the option `revocation`.
 */
export type RevocationSource = NoRevocation | RevocationByIntrospection | RevocationByFeed;

export interface ResolvedIntrospection {
  readonly mode: 'introspection';
  readonly url: string;
  readonly credentials: ClientCredentials;
  readonly maxStalenessMs: number;
}

export interface ResolvedFeed {
  readonly mode: 'feed';
  readonly url: string;
  readonly tokenUrl: string;
  readonly audience: string;
  readonly credentials: ClientCredentials;
  readonly pollIntervalMs: number;
  readonly maxStalenessMs: number;
  readonly onUnavailable: 'refuse' | 'allow';
  readonly maxEntries: number;
  readonly redis: RedisClient | null;
}

export type ResolvedRevocationSource = NoRevocation | ResolvedIntrospection | ResolvedFeed;

const MODES = ['none', 'introspection', 'feed'] as const;
const mode = (v: unknown): v is (typeof MODES)[number] => MODES.includes(v as (typeof MODES)[number]);
const redisClient = (v: unknown): v is RedisClient =>
  typeof (v as RedisClient | null)?.publish === 'function' &&
  typeof (v as RedisClient).duplicate === 'function';

/** Throws AuthConfigError. */
export function resolveRevocationSource(reader: OptionReader, issuer: string): ResolvedRevocationSource {
  const read: ResolvedRevocationSource = sourceOf(
    reader,
    reader.custom(
      'mode',
      MODES.map((name) => JSON.stringify(name))
        .join(', ')
        .replace(/^/, 'one of '),
      mode,
    ),
    issuer,
  );
  reader.done();
  if (read.mode === 'feed' && read.maxStalenessMs < read.pollIntervalMs)
    reader.refuse('maxStaleness', 'at least "revocation.pollInterval"', `${read.maxStalenessMs}ms`);
  return Object.freeze(read);
}

function sourceOf(
  reader: OptionReader,
  which: (typeof MODES)[number],
  issuer: string,
): ResolvedRevocationSource {
  if (which === 'none') return { mode: which };
  const base = issuer.replace(/\/+$/, '');
  const url = remoteUrl(reader, 'url', `${base}/auth/${which === 'feed' ? 'revocations' : 'introspect'}`);
  const client = reader.nested('client');
  const maxStalenessMs = reader.duration('maxStaleness', { default: '5s', min: '0s', max: '60s' });
  const credentials = (): ClientCredentials => {
    const found = ClientCredentials.read(client);
    client.done();
    return found;
  };
  if (which === 'introspection') return { mode: which, url, credentials: credentials(), maxStalenessMs };
  return {
    mode: which,
    url,
    tokenUrl: remoteUrl(client, 'tokenUrl', `${base}/auth/token`),
    audience: reader.custom('audience', 'a non-empty string', shortText, issuer),
    credentials: credentials(),
    pollIntervalMs: reader.duration('pollInterval', { default: '1s', min: '100ms', max: '60s' }),
    maxStalenessMs,
    onUnavailable: reader.oneOf('onUnavailable', ['refuse', 'allow'], 'refuse'),
    maxEntries: reader.integer('maxEntries', { default: 200_000, min: 1_000, max: 5_000_000 }),
    redis: reader.custom<RedisClient | null>('redis', 'a client of node-redis or ioredis', redisClient, null),
  };
}

/** A URL of the issuer: what was given, or the default, which is no fit one when the issuer is not. Throws AuthConfigError. */
export function remoteUrl(reader: OptionReader, key: string, fallback: string): string {
  const given = (v: unknown): v is string | undefined => v === undefined || isSecureUrl(v);
  // One that is wrong may be so for the credentials in it.
  const url = reader.secret<string | undefined>(key, SECURE_URL, given) ?? fallback;
  if (!isSecureUrl(url)) reader.refuse(key, `${SECURE_URL}; left out, it follows "issuer"`, url);
  return url;
}
