import { RequestInvalidError } from '../../errors/auth-error.js';
import type { HttpRequest } from '../http-request.js';

/** A parameter by its name (RFC 6750, section 2.3), or a token of ours under any name; `_` may be escaped. */
const TOKEN = /[?&](?:access|refresh)(?:_|%5f)token=|=(?:s2|rt1|cs1)(?:_|%5f)[a-z0-9_%-]{40}/i;

/** Whether the query of a request's URL holds a token. */
export function hasTokenInUrl({ url }: { readonly url?: string | undefined }): boolean {
  return url !== undefined && url.includes('?') && TOKEN.test(url.slice(url.indexOf('?')));
}

/**
 * Refuses a request with a token in its query (RFC 9700, section 4.3.2; RFC 6750, section 5.3): logs, histories and `Referer` keep
 * URLs. It is refused beside a good credential too, so that the mistake is seen when it is made. Throws RequestInvalidError.
 */
export function refuseTokenInUrl(request: Pick<HttpRequest, 'url'>): void {
  if (hasTokenInUrl(request)) throw tokenInUrl();
}

/** The refusal. It names no value. */
export function tokenInUrl(): RequestInvalidError {
  return new RequestInvalidError(
    'The URL has a token in its query, where logs keep it. Send it in the Authorization header, in a cookie or in the body.',
  );
}
