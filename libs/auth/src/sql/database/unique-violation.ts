/** PostgreSQL: unique violation. MariaDB/MySQL: duplicate entry. SQLite: its two names for it. */
const UNIQUE: ReadonlySet<unknown> = new Set([
  '23505',
  1062,
  'SQLITE_CONSTRAINT_PRIMARYKEY',
  'SQLITE_CONSTRAINT_UNIQUE',
]);

/** Whether a statement failed because there is a row of this key already. */
export function isUniqueViolation(error: unknown): boolean {
  const { code, errno } = (error ?? {}) as { code?: unknown; errno?: unknown };
  return UNIQUE.has(code) || UNIQUE.has(errno);
}
