import { isIP } from 'node:net';
import { addressPrefix } from './address-prefix.js';

const MAX_TEXT = 100;
/** `192.0.2.1:443`, `[2001:db8::1]:443`, `[2001:db8::1]`: what proxies write into `X-Forwarded-For`. */
const WITH_PORT = /^(?:\[([^[\]]*)\]|([^:]*))(?::\d{1,5})?$/;

/** The address in what a framework calls one, without port, brackets and zone; null for anything else. */
export function addressIn(text: string | null | undefined): string | null {
  if (!text || text.length > MAX_TEXT) return null;
  const found = WITH_PORT.exec(text);
  const address = (found?.[1] ?? found?.[2] ?? text).replace(/%.*$/, '');
  return isIP(address) === 0 ? null : address;
}

/** Whether two addresses may be of one client: the same IPv4 address, mapped into IPv6 or not, or the same /64 of IPv6. */
export function isSameClient(one: string | null, other: string | null): boolean {
  return addressPrefix(addressIn(one)) === addressPrefix(addressIn(other));
}
