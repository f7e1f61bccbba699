/** PostgreSQL: serialization failure, deadlock. MariaDB/MySQL: deadlock, lock wait timeout, record changed. */
const TRANSIENT: ReadonlySet<unknown> = new Set(['40001', '40P01', 1213, 1205, 1020]);

/** Whether a statement failed only because of what others did at the same time. */
export function isTransient(error: unknown): boolean {
  const { code, errno } = (error ?? {}) as { code?: unknown; errno?: unknown };
  return TRANSIENT.has(code) || TRANSIENT.has(errno);
}
