/** PostgreSQL: serialization failure, deadlock. MariaDB/MySQL: deadlock, lock wait timeout, record changed. */
const TRANSIENT: ReadonlySet<unknown> = new Set(['40001', '40P01', 1213, 1205, 1020]);
/** PostgreSQL: no such prepared statement, one of that name already, a plan that no longer fits its table. */
const STATEMENT_LOST: ReadonlySet<unknown> = new Set(['26000', '42P05', '0A000']);

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;

/** Whether a prepared statement is not what we think it is: a pooler gave us another connection, or a table changed. */
export function isStatementLost(error: unknown): boolean {
  return STATEMENT_LOST.has(codeOf(error));
}

/** Whether a statement may succeed when it is sent again, having failed only because of what others did meanwhile. */
export function isTransient(error: unknown): boolean {
  const errno = (error as { errno?: unknown } | null)?.errno;
  return TRANSIENT.has(codeOf(error)) || TRANSIENT.has(errno) || isStatementLost(error);
}
