import { addressIn } from '../principal/address.js';
import { isPrivateAddress } from '../principal/address-prefix.js';
import { keptUserAgent, type Requester, waitingSince } from '../principal/requester.js';
import { headerOf, type HttpRequest, arrivalOf } from './http-request.js';

/**
 * Where a request came from, for a sign-in that is opened or used with it. The address is the framework's own
 * (`req.ip`): it reads `X-Forwarded-For` only if the application trusts its proxy. A port that the proxy wrote there is
 * left out; what is no address becomes null.
 */
export function requesterOf(request: HttpRequest): Requester {
  const arrived = arrivalOf(request);
  const userAgent = headerOf(request, 'user-agent');
  return {
    ip: addressIn(request.ip ?? request.socket?.remoteAddress),
    ...(isUntrustedProxy(request) && { sharesAddress: true }),
    userAgent: userAgent ? keptUserAgent(userAgent) : null,
    waitedMs: waitingSince(arrived),
    hasLeft: () => request.socket?.destroyed === true,
  };
}

/** Whether the peer is a proxy that the application does not trust: then all of its clients have the proxy's address. */
function isUntrustedProxy(request: HttpRequest): boolean {
  const peer = request.socket?.remoteAddress;
  const isForwarded = request.headers['x-forwarded-for'] ?? request.headers['forwarded'];
  return isForwarded !== undefined && peer !== undefined && request.ip === peer && isPrivateAddress(peer);
}
