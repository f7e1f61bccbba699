/** PostgreSQL: undefined table, undefined column. MariaDB/MySQL: no such table, unknown column. */
const MISSING: ReadonlySet<unknown> = new Set(['42P01', '42703', 1146, 1054]);

/** Whether a statement failed because a table, or a column of it, is not there. */
export function isTableMissing(error: unknown): boolean {
  const { code, errno, message } = (error ?? {}) as { code?: unknown; errno?: unknown; message?: unknown };
  return MISSING.has(code) || MISSING.has(errno) || /no such (table|column)/.test(String(message));
}
