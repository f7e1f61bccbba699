/** SQLSTATE classes whose messages quote values: data exceptions, constraint violations. */
const QUOTES_VALUES = /^2[23]/;
/** MariaDB/MySQL: a syntax error quotes the statement, into which the driver has put the values. */
const SYNTAX_ERROR = 1064;

/** What a log may say of a database's error: its message, or its code where the message would quote values. */
export function failureText(error: unknown): string {
  const { message, code, errno, sqlState } = (error ?? {}) as Record<string, unknown>;
  if (typeof message !== 'string') return 'unknown';
  const state = String(sqlState ?? code);
  const quotes = errno === SYNTAX_ERROR || (state.length === 5 && QUOTES_VALUES.test(state));
  return quotes ? `error ${String(code)}` : message;
}
