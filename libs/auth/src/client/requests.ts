import { AuthClientError } from './auth-client-error.js';
import type { Platform } from './platform.js';

/** Shorter than a turn: see `TURN_MS`. */
const REQUEST_MS = 8_000;

export interface Answer {
  readonly status: number;
  /** Empty for an answer that is no JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
  /** In seconds; null: the server does not say. */
  readonly retryAfter: number | null;
}

export interface AuthRequest {
  /** Default POST. */
  readonly method?: 'GET';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>> | undefined;
  readonly abort?: AbortController;
}

/** Refusals of a request that a renewal cures, or shows to be the end of the sign-in. */
export const RENEWABLE =
  /^AUTH_(ACCESS_TOKEN_(EXPIRED|STALE|REVOKED)|SESSION_(INVALID|EXPIRED)|CREDENTIALS_MISSING)$/;

/** The header of an access token. */
export const bearer = (token: string | null | undefined): Record<string, string> =>
  token ? { Authorization: `Bearer ${token}` } : {};

/** Asks one of the built-in routes. Throws AuthClientError if no whole answer comes in time. */
export async function ask(
  platform: Platform,
  url: URL,
  { method, headers, body, abort = new AbortController() }: AuthRequest,
  credentials: 'include' | 'omit',
): Promise<Answer> {
  const stop = platform.after(REQUEST_MS, () => abort.abort());
  try {
    const answer = await platform.fetch(url.href, {
      method: method ?? 'POST',
      headers: { ...headers, ...(body && { 'Content-Type': 'application/json' }) },
      credentials,
      // A redirect with 307 or 308 would send passwords and refresh tokens to another server (RFC 9700, 4.12).
      redirect: 'error',
      signal: abort.signal,
      ...(body && { body: JSON.stringify(body) }),
    });
    const { status } = answer;
    // NaN where there is none.
    const wait = Number.parseFloat(answer.headers.get('Retry-After')!);
    return { status, body: status === 204 ? {} : await members(answer), retryAfter: wait >= 0 ? wait : null };
  } catch (cause) {
    throw new AuthClientError(
      'AUTH_CLIENT_UNREACHABLE',
      'The server did not answer.',
      0,
      null,
      {},
      { cause },
    );
  } finally {
    stop();
  }
}

/** The answer as an error. */
export function errorOf({ status, body, retryAfter }: Answer): AuthClientError {
  const { code = null, message = `The server answered ${status}.` } = body;
  return new AuthClientError(code as string | null, message as string, status, retryAfter, body);
}

/** A refusal by a proxy may be no JSON. A success that is none was cut off, or comes from another server: that throws. */
async function members(answer: Response): Promise<Record<string, unknown>> {
  try {
    return Object((await answer.json()) as unknown) as Record<string, unknown>;
  } catch (error) {
    if (answer.ok) throw error;
    return {};
  }
}

/** The `code` of a refusal that the caller reads as well. */
export async function codeOf(answer: Response): Promise<unknown> {
  return (await members(answer.clone()))['code'];
}
