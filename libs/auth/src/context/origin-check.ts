import { CsrfRejectedError } from '../errors/auth-error.js';
import { headerOf, type HttpRequest } from './http-request.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses an unsafe request that another site's page made with our cookies (OWASP CSRF Cheat Sheet: Fetch Metadata,
 * then Origin). Browsers set both headers themselves; a client that sends neither is no browser, and has no cookies
 * that somebody else could use. Throws CsrfRejectedError.
 */
export function checkOrigin(request: HttpRequest, origins: readonly string[]): void {
  if (!SAFE.has((request.method ?? 'POST').toUpperCase())) checkOriginHeaders(request, origins);
}

/** The same for requests that are unsafe whatever their method says, such as a WebSocket's handshake. */
export function checkOriginHeaders(request: HttpRequest, origins: readonly string[]): void {
  const origin = headerOf(request, 'origin')?.toLowerCase();
  if (origin !== undefined && origins.includes(origin)) return;
  const site = headerOf(request, 'sec-fetch-site')?.toLowerCase();
  if (origin === undefined) {
    if (site === undefined || site === 'same-origin' || site === 'none') return;
    throw new CsrfRejectedError();
  }
  // Another name of this very server (localhost for 127.0.0.1): the browser says it is the page's own.
  const host = headerOf(request, 'host')?.toLowerCase();
  const ownHost = host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
  if (site === 'same-origin' && ownHost) return;
  throw new CsrfRejectedError();
}
