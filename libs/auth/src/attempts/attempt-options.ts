import type { OptionReader } from '../validation/option-reader.js';

/**
 * What we use of the application's Redis client: node-redis (`redis`, single or cluster), or ioredis.
 */
export interface AttemptRedisClient {
  eval(...args: never[]): unknown;
  del(...args: never[]): unknown;
}

/** How many tries are admitted. There is no way to switch this off: an application that limits elsewhere raises the numbers. */
export interface AttemptOptions {
  /** Failed sign-ins at one account from one address, in 15 minutes. Default 10. */
  readonly accountAndAddress?: number;
  /**
   * Sign-ins from one address in an hour, failed or not: an IPv4 address or an IPv6 /64. Three times as many from a /56, ten
   * times as many from a /48. Devices that are known to an account do not count. Default 100.
   */
  readonly address?: number;
  /**
   * Failed sign-ins at one account in a row from devices that it does not know. Further tries are admitted one by one, after a
   * wait that grows to a minute (NIST SP 800-63B-4, 3.2.2). Default 100.
   */
  readonly unknownDevices?: number;
  /** Failed sign-ins at one account in an hour from all devices that it knows. Default 30. */
  readonly knownDevices?: number;
  /**
   * Wrong passwords in an hour by one sign-in, where a signed-in user is asked for the password. Three times as many by all
   * sign-ins of the user. Default 10.
   */
  readonly signedIn?: number;
  /** Wrong codes in 15 minutes by the browser or application that asked for one. Default 5. */
  readonly codes?: number;
  /** Mails in an hour. */
  readonly mails?: {
    /** To one user. Default 5. */
    readonly subject?: number;
    /** Asked for from one address; an IPv6 /56 and a /48 as for `address`. Default 20. */
    readonly address?: number;
    /** Of the whole application. Default 1,000. */
    readonly application?: number;
  };
  /**
   * Set it to true beside `trust proxy: true` (Express) or `trustProxy: true` (Fastify): each client then chooses its own
   * address, so that limits by address do not hold. Better: name the proxies, or their number, there. Default false: such an
   * application does not start.
   */
  readonly acceptAnyForwardedAddress?: boolean;
  /**
   * A client of node-redis (single or cluster) or ioredis, in which tries are counted rather than in the stores. It needs the
   * package `rate-limiter-flexible`. The application connects and closes it. Default: none.
   */
  readonly redis?: AttemptRedisClient;
}

const isClient = (v: unknown): v is AttemptRedisClient =>
  typeof (v as AttemptRedisClient | null)?.eval === 'function' &&
  typeof (v as AttemptRedisClient).del === 'function';

/** The highest budget. */
const MOST = 1_000_000;

export interface ResolvedAttemptOptions {
  readonly accountAndAddress: number;
  readonly address: number;
  readonly unknownDevices: number;
  readonly knownDevices: number;
  readonly signedIn: number;
  readonly codes: number;
  readonly mails: { readonly subject: number; readonly address: number; readonly application: number };
  readonly acceptAnyForwardedAddress: boolean;
  readonly redis: AttemptRedisClient | null;
}

export function resolveAttemptOptions(reader: OptionReader): ResolvedAttemptOptions {
  const budget = (from: OptionReader, key: string, fallback: number): number =>
    from.integer(key, { default: fallback, min: 1, max: MOST });
  const mails = reader.nested('mails');
  const resolved: ResolvedAttemptOptions = {
    accountAndAddress: budget(reader, 'accountAndAddress', 10),
    address: budget(reader, 'address', 100),
    unknownDevices: budget(reader, 'unknownDevices', 100),
    knownDevices: budget(reader, 'knownDevices', 30),
    signedIn: budget(reader, 'signedIn', 10),
    codes: budget(reader, 'codes', 5),
    mails: {
      subject: budget(mails, 'subject', 5),
      address: budget(mails, 'address', 20),
      application: budget(mails, 'application', 1_000),
    },
    acceptAnyForwardedAddress: reader.boolean('acceptAnyForwardedAddress', false),
    redis: reader.custom<AttemptRedisClient | null>(
      'redis',
      'a client of node-redis or ioredis',
      isClient,
      null,
    ),
  };
  mails.done();
  reader.done();
  return resolved;
}
