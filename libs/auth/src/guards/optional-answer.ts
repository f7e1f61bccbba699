import type { ExecutionContext } from '@nestjs/common';
import { type HttpRequest, type HttpResponse, setHeader } from '../context/http-request.js';

interface CachedResponse extends HttpResponse {
  getHeader?(name: string): unknown;
}

/**
 * A cache must not serve a response for one user to another user (RFC 9110, section 12.5.5; RFC 9111, section 5.2.2.5). A
 * response to a request without a credential may be cached, for other requests without a cookie.
 */
export function markOptional(context: ExecutionContext, { headers }: HttpRequest): void {
  if (context.getType<string>() !== 'http') return;
  const response = context.switchToHttp().getResponse<CachedResponse>();
  const given = response.getHeader?.('Vary');
  const vary = given === undefined ? '' : String(given);
  if (!/(^|,)\s*(cookie|\*)\s*(,|$)/i.test(vary))
    setHeader(response, 'Vary', vary ? `${vary}, Cookie` : 'Cookie');
  if (headers?.['cookie'] !== undefined || headers?.['authorization'] !== undefined)
    setHeader(response, 'Cache-Control', 'no-store');
}
