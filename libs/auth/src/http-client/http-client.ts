/** How long an answer may take as a whole, and how long it may be. */
export interface HttpLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export interface HttpQuestion {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as a form (`application/x-www-form-urlencoded`). */
  readonly form?: URLSearchParams;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Another process, asked over HTTP: an issuer. A test may put another one in its place. */
export abstract class HttpClient {
  /** Whatever the status. Throws an Error for what is no answer, or none within the limits; a redirect is an answer. */
  abstract ask(url: string, question: HttpQuestion, limits: HttpLimits): Promise<HttpAnswer>;
}

/** By Node's own `fetch`: follows no redirect, and stops reading at the limit. */
export class FetchHttpClient extends HttpClient {
  async ask(url: string, { method, headers, form }: HttpQuestion, limits: HttpLimits): Promise<HttpAnswer> {
    const asking = new AbortController();
    const timer = setTimeout(
      () => asking.abort(new Error(`no answer within ${limits.timeoutMs} ms`)),
      limits.timeoutMs,
    );
    try {
      const response = await fetch(url, {
        method: method ?? 'GET',
        headers: { accept: 'application/json', ...headers },
        redirect: 'manual',
        signal: asking.signal,
        ...(form && { body: form }),
      });
      const text = await read(response, limits.maxBytes);
      return { status: response.status, headers: response.headers, text };
    } catch (error) {
      throw new Error(`${withoutQuery(url)} gave no answer: ${why(error)}`, { cause: error });
    } finally {
      clearTimeout(timer);
      // What was not read of the answer is not waited for.
      asking.abort();
    }
  }
}

async function read({ body }: Response, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.length;
    if (size > maxBytes) throw new Error(`it is longer than ${maxBytes} bytes`);
    parts.push(part);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
}

/** The members of an answer that is a JSON object. Throws an Error that says what else it was. */
export function membersOf(url: string, { status, text }: HttpAnswer): Readonly<Record<string, unknown>> {
  if (status !== 200) throw new Error(`${withoutQuery(url)} answered with ${status}`);
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${withoutQuery(url)} answered with something else than a JSON object`);
  return value as Readonly<Record<string, unknown>>;
}

/** `undefined` for what is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Node's `fetch` says "fetch failed", and what happened in the cause. */
function why(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function withoutQuery(url: string): string {
  return url.replace(/\?.*$/s, '');
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** What an option must be that `isSecureUrl` accepts. */
export const SECURE_URL = 'an https URL without credentials and fragment (http for loopback alone)';

/** Whether keys, revocations and secrets may travel there: https, or http that does not leave this machine. */
export function isSecureUrl(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 1_024 || !URL.canParse(value)) return false;
  const { protocol, hostname, username, password, hash } = new URL(value);
  if (username || password || hash) return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
}
