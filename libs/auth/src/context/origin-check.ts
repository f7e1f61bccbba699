import { Logger } from '@nestjs/common';
import { CsrfRejectedError } from '../errors/auth-error.js';
import { headerOf, type HttpRequest } from './http-request.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const MAX_LOGGED_ORIGINS = 100;
const MAX_SHOWN = 200;

/** What passes with each `Sec-Fetch-Site` although its `Origin` is not listed; the table of docs/sessions.md. */
const UNLISTED: ReadonlyMap<string | undefined, { readonly anyOrigin: boolean; readonly noOrigin: boolean }> =
  new Map([
    ['same-origin', { anyOrigin: true, noOrigin: true }],
    ['same-site', { anyOrigin: false, noOrigin: false }],
    ['cross-site', { anyOrigin: false, noOrigin: false }],
    ['none', { anyOrigin: false, noOrigin: true }],
    [undefined, { anyOrigin: false, noOrigin: true }],
  ]);

/** Whether a request with these headers passes. `listed` are lower-case origins. */
export function originPasses(
  origin: string | undefined,
  site: string | undefined,
  listed: readonly string[],
): boolean {
  if (origin !== undefined && listed.includes(origin.toLowerCase())) return true;
  const passes = UNLISTED.get(site);
  return passes !== undefined && (origin === undefined ? passes.noOrigin : passes.anyOrigin);
}

/**
 * Refuses an unsafe request that another site's page made with our cookies (OWASP CSRF Cheat Sheet: Fetch Metadata,
 * then Origin). Browsers set both headers themselves; a client that sends neither is no browser, and has no cookies
 * that another site could use.
 */
export class OriginCheck {
  private readonly logger = new Logger('AuthModule');
  private readonly logged = new Set<string>();

  /** `listed`: the issuer's origin and the trusted ones, in lower case. @internal */
  constructor(private readonly listed: readonly string[]) {}

  /**
   * Checks every request but GET, HEAD and OPTIONS; one with an `Upgrade` header opens a connection, and is checked
   * whatever its method. Throws CsrfRejectedError.
   */
  check(request: HttpRequest): void {
    const isSafe = SAFE.has((request.method ?? 'POST').toUpperCase());
    if (!isSafe || request.headers?.['upgrade'] !== undefined) this.checkHeaders(request);
  }

  /** The same whatever the method and the headers are, for the handshake of a WebSocket. Throws CsrfRejectedError. */
  checkHeaders(request: HttpRequest): void {
    const origin = headerOf(request, 'origin');
    const site = headerOf(request, 'sec-fetch-site');
    if (originPasses(origin, site, this.listed)) return;
    this.log(origin, site);
    throw new CsrfRejectedError();
  }

  /** Once for each origin: anybody may send any number of them. */
  private log(origin: string | undefined, site: string | undefined): void {
    const key = origin?.slice(0, MAX_SHOWN) ?? '';
    if (this.logged.has(key) || this.logged.size >= MAX_LOGGED_ORIGINS) return;
    this.logged.add(key);
    const seen = `Origin ${shown(origin)}, Sec-Fetch-Site ${shown(site)}`;
    this.logger.warn(
      `a request was refused with AUTH_CSRF_REJECTED: it has ${seen}; allowed are ${this.listed.join(', ')} ` +
        '("issuer" and "trustedOrigins"). Is the page yours? Then add its origin to "trustedOrigins", or make it the ' +
        '"issuer" if this application serves the page.',
    );
    if (this.logged.size === MAX_LOGGED_ORIGINS)
      this.logger.warn('further refused origins are not logged until the next start');
  }
}

function shown(header: string | undefined): string {
  return header === undefined ? '(not sent)' : JSON.stringify(header.slice(0, MAX_SHOWN));
}
