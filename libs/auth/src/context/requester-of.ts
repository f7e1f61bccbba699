import { type Requester, waitingSince } from '../principal/requester.js';
import { headerOf, type HttpRequest, arrivalOf } from './http-request.js';

const MAX_USER_AGENT = 255;
const MAX_IP = 45;

/**
 * Where a request came from, for a sign-in that is opened or used with it. The address is the framework's own
 * (`req.ip`): it heeds `X-Forwarded-For` only if the application trusts its proxy.
 */
export function requesterOf(request: HttpRequest): Requester {
  const arrived = arrivalOf(request);
  const userAgent = headerOf(request, 'user-agent');
  const ip = request.ip ?? request.socket?.remoteAddress;
  return {
    ip: ip ? ip.slice(0, MAX_IP) : null,
    userAgent: userAgent ? userAgent.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_USER_AGENT) : null,
    waitedMs: waitingSince(arrived),
    hasLeft: () => request.socket?.destroyed === true,
  };
}
