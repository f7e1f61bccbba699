import { CookieJar } from 'tough-cookie';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or undefined for an empty body. */
  readonly body: any;
  readonly setCookies: readonly string[];
}

export interface RequestInput {
  readonly headers?: Record<string, string>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly raw?: string;
  readonly bearer?: string;
}

/** An HTTP client with a real cookie jar: what a browser would keep and send. */
export class HttpClient {
  readonly jar = new CookieJar(undefined, { prefixSecurity: 'strict' });

  constructor(
    readonly url: string,
    /** Where the jar takes the server to be. */
    private readonly site = url,
  ) {}

  get = (path: string, input?: RequestInput) => this.send('GET', path, input);
  post = (path: string, input?: RequestInput) => this.send('POST', path, input);
  delete = (path: string, input?: RequestInput) => this.send('DELETE', path, input);

  async send(
    method: string,
    path: string,
    { headers = {}, json, raw, bearer }: RequestInput = {},
  ): Promise<Answer> {
    const place = asSecure(this.site + path);
    const cookie = await this.jar.getCookieString(place);
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(cookie && { cookie }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...headers,
      },
      ...(json !== undefined ? { body: JSON.stringify(json) } : raw !== undefined ? { body: raw } : {}),
    });
    const setCookies = response.headers.getSetCookie();
    for (const set of setCookies) await this.jar.setCookie(set, place);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : parse(text),
      setCookies,
    };
  }

  /** The value of a cookie that would be sent to a path. */
  async cookie(name: string, path = '/'): Promise<string | undefined> {
    const cookies = await this.jar.getCookies(asSecure(this.site + path));
    return cookies.find((cookie) => cookie.key === name)?.value;
  }
}

/** Browsers send Secure cookies to loopback over HTTP; the jar knows HTTPS only. */
function asSecure(url: string): string {
  return url.replace(/^http:/, 'https:');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
