/** PostgreSQL: connection exceptions, and what a server that ends a connection says first. Node.js: what a socket says. */
const LOST_CODES: ReadonlySet<unknown> = new Set([
  '08000',
  '08003',
  '08006',
  '57P01',
  '57P02',
  '57P05',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTCONN',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'PROTOCOL_CONNECTION_LOST',
]);
/** MariaDB/MySQL: shutting down, connection killed, connection idle for too long. */
const LOST_NUMBERS: ReadonlySet<unknown> = new Set([1053, 1927, 4031]);
/** pg has no codes for these. */
const LOST_MESSAGES = /^Connection terminated|^Client has encountered a connection error|^Client was closed/;

/** Whether a statement failed because its connection is gone: whether the server carried it out is then unknown. */
function isConnectionLost(error: unknown): boolean {
  const { code, errno, fatal, message } = (error ?? {}) as Record<string, unknown>;
  // mysql2 calls fatal whatever leaves a connection unusable.
  return (
    LOST_CODES.has(code) || LOST_NUMBERS.has(errno) || fatal === true || LOST_MESSAGES.test(String(message))
  );
}

/** A connection was lost before anything was done there that a second time would do twice. */
export class NothingDone extends Error {
  constructor(cause: unknown) {
    super('the connection was lost, and nothing was done', { cause });
  }
}

/** Runs what may be repeated. Throws NothingDone when the connection is lost meanwhile. */
export async function repeatable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isConnectionLost(error) ? new NothingDone(error) : error;
  }
}
