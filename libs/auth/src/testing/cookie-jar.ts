import type { SettableRequest } from './act-as.js';

/** What a jar needs of a request of supertest: it is superagent's. */
export interface PluggableRequest extends SettableRequest {
  readonly url: string;
  on(event: 'response', listener: (response: AnsweredCookies) => void): unknown;
}

/** A response whose cookies a jar keeps: of supertest, of Fastify's `inject`, or of `fetch`. */
export interface AnsweredCookies {
  readonly headers: Headers | object;
}

interface Cookie {
  readonly value: string;
  readonly path: string;
}

/**
 * The cookies of one browser, for tests over `http:`. The agent of supertest does not send `Secure` cookies there, and
 * ours are all `Secure` (`__Host-session`, `__Host-refresh`). A browser does so for `http://localhost`, and so does this
 * jar. It knows one host. A cookie leaves when the server removes it; otherwise the server decides when it has expired.
 *
 * With supertest use it as a plugin: `request.agent(server).use(jar.plugin)`.
 *
 * @example
 * ```ts
 * import { CookieJar } from 'nestjs-aerie/testing';
 *
 * const jar = new CookieJar();
 *
 * // With supertest: const ada = request.agent(app.getHttpServer()).use(jar.plugin);
 * export async function get(url: string) {
 *   return jar.keep(await fetch(url, { headers: jar.headers(url) }));
 * }
 * ```
 */
export class CookieJar {
  private readonly cookies = new Map<string, Cookie>();

  /** A plugin for requests of supertest, and for its agent: sends the cookies, and keeps those of the response. */
  readonly plugin = (request: PluggableRequest): void => {
    const { cookie } = this.headers(request.url);
    if (cookie !== undefined) request.set('cookie', cookie);
    request.on('response', (response) => void this.keep(response));
  };

  /** The header of a request to this URL or path: `{ cookie }`, or none. */
  headers(url = '/'): { readonly cookie?: string } {
    const { pathname } = new URL(url, 'http://localhost');
    const sent = [...this.cookies].filter(([, { path }]) => isWithin(pathname, path));
    return sent.length === 0
      ? {}
      : { cookie: sent.map(([name, { value }]) => `${name}=${value}`).join('; ') };
  }

  /** Keeps the cookies of a response, and gives the response back. */
  keep<R extends AnsweredCookies>(response: R): R {
    for (const line of setCookiesOf(response.headers)) this.set(line);
    return response;
  }

  /** The value of a cookie; `undefined` when there is none of that name. */
  get(name: string): string | undefined {
    return this.cookies.get(name)?.value;
  }

  /** Forgets all cookies, as a browser whose data is cleared. */
  clear(): void {
    this.cookies.clear();
  }

  /** A line of `Set-Cookie` (RFC 6265, section 5.2). */
  private set(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const equals = pair.indexOf('=');
    if (equals < 1) return;
    const name = pair.slice(0, equals);
    const of = (attribute: string): string | undefined =>
      attributes.find((one) => one.toLowerCase().startsWith(`${attribute}=`))?.slice(attribute.length + 1);
    const maxAge = of('max-age');
    const expires = of('expires');
    const isRemoved = maxAge !== undefined ? !(Number(maxAge) > 0) : Date.parse(expires ?? '') <= Date.now();
    const path = of('path');
    if (isRemoved) this.cookies.delete(name);
    else this.cookies.set(name, { value: pair.slice(equals + 1), path: path?.startsWith('/') ? path : '/' });
  }
}

function setCookiesOf(headers: Headers | object): readonly string[] {
  if (headers instanceof Headers) return headers.getSetCookie();
  const lines = (headers as { readonly 'set-cookie'?: string | readonly string[] })['set-cookie'] ?? [];
  return typeof lines === 'string' ? [lines] : lines;
}

/** RFC 6265, section 5.1.4. */
function isWithin(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}
