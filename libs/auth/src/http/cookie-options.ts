import { AuthConfigError } from '../errors/auth-config-error.js';
import type { OptionReader } from '../validation/option-reader.js';

/** Attributes of one of our cookies. All are HttpOnly. */
export interface CookieOptions {
  /** A name; `__Host-` and `__Secure-` bring the browser's own checks (RFC 6265bis, 4.1.3). */
  readonly name?: string;
  /** Only over HTTPS (browsers and curl make an exception for localhost). Default true. */
  readonly secure?: boolean;
  /** Default `strict`. */
  readonly sameSite?: 'strict' | 'lax' | 'none';
  /** Share the cookie with subdomains of this domain. Default: this host only. */
  readonly domain?: string;
}

export interface ResolvedCookie {
  readonly name: string;
  readonly secure: boolean;
  readonly sameSite: 'strict' | 'lax' | 'none';
  readonly domain: string | null;
}

const NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
const DOMAIN = /^\.?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i;

/** Reads a cookie's options, and refuses what a browser would silently drop. */
export function resolveCookie(reader: OptionReader, name: string, hostPath: boolean): ResolvedCookie {
  const cookie: ResolvedCookie = {
    name: reader.custom(
      'name',
      'a cookie name',
      (v): v is string => typeof v === 'string' && NAME.test(v),
      name,
    ),
    secure: reader.boolean('secure', true),
    sameSite: reader.oneOf('sameSite', ['strict', 'lax', 'none'], 'strict'),
    domain: reader.custom<string | null>(
      'domain',
      'a domain name',
      (v): v is string => typeof v === 'string' && DOMAIN.test(v),
      null,
    ),
  };
  reader.done();
  const at = (key: string) => `"${reader.pathOf(key)}"`;
  if (!cookie.secure && /^__(Host|Secure)-/i.test(cookie.name)) {
    throw new AuthConfigError(
      `${at('secure')} must be true for a cookie named ${cookie.name}: browsers drop it otherwise`,
    );
  }
  if (!cookie.secure && cookie.sameSite === 'none') {
    throw new AuthConfigError(
      `${at('secure')} must be true with sameSite "none": browsers drop the cookie otherwise`,
    );
  }
  if (/^__Host-/i.test(cookie.name) && cookie.domain !== null) {
    throw new AuthConfigError(
      `${at('domain')} must be left out for a cookie named ${cookie.name}: browsers drop it otherwise`,
    );
  }
  if (/^__Host-/i.test(cookie.name) && !hostPath) {
    throw new AuthConfigError(
      `${at('name')} must not begin with __Host-: this cookie is bound to the path of the routes`,
    );
  }
  return cookie;
}
