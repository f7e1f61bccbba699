import { AuthConfigError } from '../errors/auth-config-error.js';
import type { OptionReader } from '../validation/option-reader.js';

/** Attributes of one of our cookies. All are HttpOnly. */
export interface CookieOptions {
  /** A name; `__Host-` and `__Secure-` bring the browser's own checks (RFC 6265bis, 4.1.3). */
  readonly name?: string;
  /** Only over HTTPS (browsers and curl make an exception for localhost). Default true. */
  readonly secure?: boolean;
  /** Default `strict`; with `cookies.partitioned`, `none`. */
  readonly sameSite?: 'strict' | 'lax' | 'none';
  /** Share the cookie with subdomains of this domain. Default: this host only. */
  readonly domain?: string;
}

/** Options of the refresh cookie. */
export interface RefreshCookieOptions extends CookieOptions {
  /** Default `__Host-refresh`; with a `path` other than `/`, `__Secure-refresh`. */
  readonly name?: string;
  /**
   * Where browsers send the cookie: a path as they see it, which every built-in route lies under. Default `/`. A narrower
   * path needs a name without `__Host-`: a page of a sibling subdomain can then plant a cookie of the name.
   */
  readonly path?: string;
}

export interface ResolvedCookie {
  readonly name: string;
  readonly secure: boolean;
  readonly sameSite: 'strict' | 'lax' | 'none';
  readonly domain: string | null;
  readonly path: string;
}

const NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
const DOMAIN = /^\.?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i;
const PATH = /^(\/|(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)+)$/;

/** Whether a cookie may have this name (RFC 6265, section 4.1.1). */
export const isCookieName = (v: unknown): v is string => typeof v === 'string' && NAME.test(v);
const isDomain = (v: unknown): v is string => typeof v === 'string' && DOMAIN.test(v);
const isPath = (v: unknown): v is string => typeof v === 'string' && v.length <= 255 && PATH.test(v);

/** The cookies of this application. */
export interface ResolvedCookies {
  readonly session: ResolvedCookie;
  readonly refresh: ResolvedCookie;
  /** Of no effect without `accessTokens.cookie`. */
  readonly access: ResolvedCookie;
  /** Of this host alone by default, and else as the session cookie. */
  readonly device: ResolvedCookie;
  readonly partitioned: boolean;
}

/** Reads the options under `cookies`. `usesAccess`: whether access tokens are in a cookie. */
export function resolveCookies(reader: OptionReader, usesAccess: boolean): ResolvedCookies {
  const partitioned = reader.boolean('partitioned', false);
  const session = resolveCookie(reader.nested('session'), { name: '__Host-session', path: '/' }, partitioned);
  const refresh = resolveRefreshCookie(reader.nested('refresh'), partitioned);
  if (!usesAccess && reader.has('access'))
    reader.refuse('access', 'left out unless "accessTokens.cookie" is true', 'both');
  const access = resolveCookie(
    reader.nested('access'),
    { ...session, name: accessName(session) },
    partitioned,
  );
  const { secure, sameSite, path } = session;
  const device = resolveCookie(
    reader.nested('device'),
    { name: secure ? '__Host-device' : 'device', path, secure, sameSite },
    partitioned,
  );
  reader.done();
  const isTaken = (one: ResolvedCookie, other: ResolvedCookie): boolean =>
    one.name.toLowerCase() === other.name.toLowerCase();
  if (isTaken(refresh, session))
    reader.nested('refresh').refuse('name', 'another name than the session cookie', refresh.name);
  if (usesAccess && (isTaken(access, session) || isTaken(access, refresh)))
    reader.nested('access').refuse('name', 'another name than the other cookies', access.name);
  if ([session, refresh, ...(usesAccess ? [access] : [])].some((other) => isTaken(device, other)))
    reader.nested('device').refuse('name', 'another name than the other cookies', device.name);
  return { session, refresh, access, device, partitioned };
}

/** With the prefix that the attributes of the session cookie, which are its defaults, allow. */
function accessName({ secure, domain }: ResolvedCookie): string {
  if (!secure) return 'access';
  return domain === null ? '__Host-access' : '__Secure-access';
}

function resolveRefreshCookie(reader: OptionReader, partitioned: boolean): ResolvedCookie {
  const path = reader.custom('path', 'a path such as "/auth", as browsers see it', isPath, '/');
  const name = path === '/' ? '__Host-refresh' : '__Secure-refresh';
  return resolveCookie(reader, { name, path }, partitioned);
}

/** Refuses cookies that a browser would silently drop. */
function resolveCookie(
  reader: OptionReader,
  given: Pick<ResolvedCookie, 'name' | 'path'> & Partial<ResolvedCookie>,
  partitioned: boolean,
): ResolvedCookie {
  const { name, path, secure = true, sameSite = partitioned ? 'none' : 'strict', domain = null } = given;
  const cookie: ResolvedCookie = {
    name: reader.custom('name', 'a cookie name', isCookieName, name),
    secure: reader.boolean('secure', secure),
    sameSite: reader.oneOf('sameSite', ['strict', 'lax', 'none'], sameSite),
    domain: reader.custom<string | null>('domain', 'a domain name', isDomain, domain),
    path,
  };
  reader.done();
  const must = (key: string, what: string): AuthConfigError =>
    new AuthConfigError(`"${reader.pathOf(key)}" must ${what}: browsers drop the cookie otherwise`);
  if (partitioned && cookie.sameSite !== 'none')
    throw must('sameSite', 'be "none" with "cookies.partitioned"');
  const isHost = /^__Host-/i.test(cookie.name);
  if (!cookie.secure && /^__(Host|Secure|Http)-/i.test(cookie.name))
    throw must('secure', `be true for a cookie named ${cookie.name}`);
  if (!cookie.secure && cookie.sameSite === 'none') throw must('secure', 'be true with sameSite "none"');
  if (isHost && cookie.domain !== null) throw must('domain', `be left out for a cookie named ${cookie.name}`);
  if (isHost && path !== '/') throw must('path', `be "/" for a cookie named ${cookie.name}`);
  return cookie;
}
