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
  const device = deviceCookieOf(request);
  return {
    ip: addressIn(request.ip ?? request.socket?.remoteAddress),
    ...(isUntrustedProxy(request) && { sharesAddress: true }),
    userAgent: userAgent ? keptUserAgent(userAgent) : null,
    ...(device !== undefined && { device }),
    waitedMs: waitingSince(arrived),
    hasLeft: () => request.socket?.destroyed === true,
  };
}

const DEVICE_COOKIE = /(?:^|;)[ \t]*([^=;\s]{1,64})=(d1_[\w-]{1,200})[ \t]*(?=;|$)/g;
/** The header of more cookies is not searched. */
const MOST_SEARCHED = 16_384;

/**
 * The text of the device cookie. Its name is an option; its form is not. A name that begins with `__Host-` goes first: a page
 * of a sibling subdomain cannot plant that one.
 */
function deviceCookieOf(request: HttpRequest): string | undefined {
  const cookies = headerOf(request, 'cookie');
  if (!cookies || cookies.length > MOST_SEARCHED || !cookies.includes('=d1_')) return undefined;
  const found = [...cookies.matchAll(DEVICE_COOKIE)];
  return (found.find(([, name]) => name!.startsWith('__Host-')) ?? found[0])?.[2];
}

/** What proxies add. */
const FORWARDING = [
  'x-forwarded-for',
  'forwarded',
  'x-real-ip',
  'x-forwarded-proto',
  'x-forwarded-host',
] as const;

/**
 * Whether the peer is a proxy that the application does not trust: then all of its clients have the proxy's address, or none
 * where it comes by a Unix socket. A connection that is closed has no address either.
 */
function isUntrustedProxy({ headers, ip, socket }: HttpRequest): boolean {
  if (!FORWARDING.some((name) => headers[name] !== undefined)) return false;
  const peer = socket?.remoteAddress;
  if (peer === undefined) return !ip && socket?.destroyed === false;
  return ip === peer && isPrivateAddress(peer);
}
