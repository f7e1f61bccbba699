import type { TestApp } from '../support/test-app.js';

/** An access token of a subject, without the cost of a password. */
export async function tokenOf({ authentication }: TestApp, subject: string): Promise<string> {
  const result = await authentication.signIn(subject, { mode: 'tokens' });
  if (result.mode === 'session') throw new Error('expected tokens');
  return result.accessToken;
}

/** A Cookie header with a session of a subject. */
export async function cookieOf({ authentication }: TestApp, subject: string): Promise<string> {
  const result = await authentication.signIn(subject, { mode: 'session' });
  if (result.mode !== 'session') throw new Error('expected a session');
  return `__Host-session=${result.sessionToken}`;
}

/** The statements that reach the database while `work` runs. */
export async function statementsDuring(
  { source }: TestApp,
  work: () => Promise<unknown>,
): Promise<readonly string[]> {
  const statements: string[] = [];
  const { logger } = source;
  const logQuery = logger.logQuery;
  logger.logQuery = (text) => void statements.push(text);
  try {
    await work();
  } finally {
    logger.logQuery = logQuery;
  }
  return statements;
}
