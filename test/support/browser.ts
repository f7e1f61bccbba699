import { CookieJar } from 'tough-cookie';

const MAX_STEPS = 10;

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** One request that the browser made, and what it sent with it. */
export interface Step {
  readonly method: string;
  readonly url: string;
  /** `Sec-Fetch-Site`. */
  readonly site: string;
  readonly cookies: readonly string[];
}

/**
 * What decides whether a browser is signed in: a cookie jar that knows SameSite (RFC 6265bis, 5.2: a redirect over
 * another site makes the request cross-site), Fetch Metadata, and `<meta http-equiv="refresh">`. It runs no script.
 */
export class Browser {
  readonly jar = new CookieJar(undefined, { prefixSecurity: 'strict' });
  readonly steps: Step[] = [];

  /** Types an address, or follows a link on the page `from`. */
  open(url: string, from?: string): Promise<Page> {
    return this.navigate('GET', url, from ?? null, undefined);
  }

  /** Sends a form of the page `from`, whose `Referrer-Policy` is `no-referrer`: its Origin is `null`. */
  submit(url: string, fields: Record<string, string>, from: string): Promise<Page> {
    return this.navigate('POST', url, from, new URLSearchParams(fields).toString());
  }

  private async navigate(
    method: string,
    url: string,
    initiator: string | null,
    form: string | undefined,
  ): Promise<Page> {
    let chain = [url];
    for (let step = 0; step < MAX_STEPS; step++) {
      const site = siteOf(initiator, chain);
      const target = chain.at(-1)!;
      const sameSiteContext = site === 'cross-site' ? (method === 'GET' ? 'lax' : 'none') : 'strict';
      const cookies = await this.jar.getCookies(asSecure(target), { sameSiteContext });
      const response = await fetch(target, {
        method,
        redirect: 'manual',
        headers: {
          'sec-fetch-site': site,
          'sec-fetch-mode': 'navigate',
          'sec-fetch-dest': 'document',
          accept: 'text/html',
          ...(cookies.length > 0 && { cookie: cookies.map((one) => one.cookieString()).join('; ') }),
          ...(form !== undefined && {
            origin: 'null',
            'content-type': 'application/x-www-form-urlencoded',
          }),
        },
        ...(form !== undefined && { body: form }),
      });
      this.steps.push({ method, url: target, site, cookies: cookies.map(({ key }) => key) });
      for (const cookie of response.headers.getSetCookie())
        await this.jar.setCookie(cookie, asSecure(target));
      const text = await response.text();
      const location = response.headers.get('location');
      const refresh = /<meta http-equiv="refresh" content="0;url=([^"]*)">/.exec(text)?.[1];
      if (location !== null && response.status >= 300 && response.status < 400) {
        chain = [...chain, new URL(location, target).href];
      } else if (refresh !== undefined && isHtml(response.headers)) {
        initiator = target;
        chain = [new URL(unescaped(refresh), target).href];
      } else return { url: target, status: response.status, headers: response.headers, text };
      method = 'GET';
      form = undefined;
    }
    throw new Error('the browser was led in circles');
  }
}

function siteOf(initiator: string | null, chain: readonly string[]): string {
  if (initiator === null) return 'none';
  const origin = new URL(initiator);
  if (chain.every((url) => new URL(url).origin === origin.origin)) return 'same-origin';
  return chain.every((url) => new URL(url).hostname === origin.hostname) ? 'same-site' : 'cross-site';
}

function isHtml(headers: Headers): boolean {
  return /^text\/html\b/.test(headers.get('content-type') ?? '');
}

function unescaped(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** Browsers send Secure cookies to loopback over HTTP; the jar knows HTTPS only. */
function asSecure(url: string): string {
  return url.replace(/^http:/, 'https:');
}
