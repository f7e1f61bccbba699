import type { HttpRequest } from './http-request.js';

/**
 * Whether a request opens a connection: HTTP/1.1's `Upgrade` (RFC 6455, section 4.1), or HTTP/2's extended CONNECT (RFC
 * 8441). Browsers let any page open one, with our cookies and a GET, so its method says nothing about its harm.
 */
export function isHandshake({ headers, method }: HttpRequest): boolean {
  return method === 'CONNECT' || headers?.['upgrade'] !== undefined || headers?.[':protocol'] !== undefined;
}

/** What an origin check reads. */
const CHECKED = new Set(['origin', 'sec-fetch-site']);

/**
 * A handshake as the browser sent it. Some servers put headers from a connection's first message among those of its
 * handshake, so a page could name an origin of its choice: Node keeps the lines that came in apart.
 */
export function asSent(request: HttpRequest): HttpRequest {
  const { rawHeaders } = (request.raw ?? request) as { readonly rawHeaders?: unknown };
  if (!Array.isArray(rawHeaders)) return request;
  const headers: Record<string, string> = {};
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = String(rawHeaders[at]).toLowerCase();
    if (!CHECKED.has(name)) continue;
    // As Node joins lines of one name: two origins are no origin of ours.
    const value = String(rawHeaders[at + 1]);
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return { headers, method: request.method };
}

/**
 * Whether the client sent this header with the handshake, rather than in a message that a server copied among its headers.
 * True where Node's own lines are not known.
 */
export function wasSent(handshake: HttpRequest, name: string): boolean {
  const { rawHeaders } = (handshake.raw ?? handshake) as { readonly rawHeaders?: unknown };
  if (!Array.isArray(rawHeaders)) return true;
  return rawHeaders.some((line, at) => at % 2 === 0 && String(line).toLowerCase() === name);
}
