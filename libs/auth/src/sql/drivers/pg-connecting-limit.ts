/** As long as mysql2 waits by default. No server that will let us in takes longer. */
const CONNECTING_MS = 10_000;

type PgClientClass = new (options: object) => object;

/** The little of pg's pool that decides how its connections are made. */
export interface LimitedPool {
  readonly options?: { readonly connectionTimeoutMillis?: number };
  Client?: PgClientClass;
}

const limited = new WeakSet<LimitedPool>();

/**
 * Gives up connections that are being made for `ms`. A server that vanished refuses no connection: pg waits for its greeting
 * without an end, and each connection that is waited for keeps its place in the pool, which stays full when the server is
 * back. The pool's own limit would serve, but ends as well the wait of a caller that queues for a busy connection, which is
 * the host's to decide: where the host has set it (TypeORM's `connectTimeoutMS`), it holds, and nothing is done here.
 * Repeating it does nothing.
 */
export function limitConnecting(pool: LimitedPool | undefined, ms = CONNECTING_MS): void {
  if (!pool || limited.has(pool)) return;
  limited.add(pool);
  const { Client } = pool;
  if (pool.options?.connectionTimeoutMillis || typeof Client !== 'function') return;
  pool.Client = class extends Client {
    constructor(options: object) {
      // By descriptors: pg hides the password from enumeration and from copies.
      const limit = { value: ms, enumerable: true, configurable: true, writable: true };
      super(
        Object.defineProperties(
          {},
          { ...Object.getOwnPropertyDescriptors(options), connectionTimeoutMillis: limit },
        ),
      );
    }
  };
}
