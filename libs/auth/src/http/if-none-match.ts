import { headerOf, type HttpRequest } from '../context/http-request.js';

/** Whether a request's `If-None-Match` names this entity tag, weakly compared (RFC 9110, section 13.1.2). */
export function ifNoneMatchNames(request: HttpRequest, tag: string): boolean {
  const header = headerOf(request, 'if-none-match');
  return header?.split(',').some((one) => ['*', tag, `W/${tag}`].includes(one.trim())) ?? false;
}
