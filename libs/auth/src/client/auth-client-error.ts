/** What the client itself reports: the server did not answer, the storage failed, a sign-out in another tab came first. */
export type AuthClientOwnCode =
  'AUTH_CLIENT_UNREACHABLE' | 'AUTH_CLIENT_STORAGE_FAILED' | 'AUTH_CLIENT_SUPERSEDED';

/**
 * A call of the client that failed. `switch` over `code`: it is one of `docs/errors.md`, or one of the client's own.
 *
 * @example
 * ```ts
 * import { type AuthClient, AuthClientError } from 'nestjs-aerie/client';
 *
 * export async function signIn(auth: AuthClient, identifier: string, password: string): Promise<string> {
 *   try {
 *     const { id } = await auth.signIn({ identifier, password });
 *     return `Hello ${id}`;
 *   } catch (error) {
 *     if (!(error instanceof AuthClientError)) throw error;
 *     if (error.code === 'AUTH_CREDENTIALS_INVALID') return 'The name or the password is wrong.';
 *     return error.retryAfter === null ? error.message : `Try again in ${error.retryAfter} seconds.`;
 *   }
 * }
 * ```
 */
export class AuthClientError extends Error {
  override readonly name = 'AuthClientError';
  /** Of `docs/errors.md`, or of the client; null for an answer without one, of a proxy for example. */
  declare readonly code: AuthClientOwnCode | (string & {}) | null;
  /** Of the answer; 0: there was none. */
  declare readonly status: number;
  /** In seconds: what the server asks to wait. Null: it does not say. */
  declare readonly retryAfter: number | null;
  /** All members of the answer's body, such as `waysOpen`, `max_age` or `reason`. */
  declare readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: AuthClientOwnCode | (string & {}) | null,
    message: string,
    status = 0,
    retryAfter: number | null = null,
    details: Readonly<Record<string, unknown>> = {},
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    Object.assign(this, { code, status, retryAfter, details });
  }
}

/** What was to be done is no longer meant: the sign-in is another one by now. */
export const superseded = (): AuthClientError =>
  new AuthClientError('AUTH_CLIENT_SUPERSEDED', 'Another tab signed in or out.');
