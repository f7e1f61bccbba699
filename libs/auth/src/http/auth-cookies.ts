import { cookiesOf } from '../context/request-credentials.js';
import type { HttpRequest } from '../context/http-request.js';
import type { ResolvedCookie, ResolvedCookies } from './cookie-options.js';

/** Which of our cookies. */
export type CookieKind = 'session' | 'refresh' | 'access' | 'device';

interface Written {
  readonly value: string;
  readonly maxAgeSeconds: number;
  readonly domain: string | null;
  /** Null: the browser takes the directory of the path that it asked for (RFC 6265bis, 5.1.4). */
  readonly path: string | null;
  readonly partitioned: boolean;
}

type Variant = Pick<Written, 'domain' | 'path' | 'partitioned'>;

/** The refresh cookie of version 0.1, whose Path was that of the routes. It is never read. */
const FORMER_REFRESH = '__Secure-refresh';

/** Our cookies as `Set-Cookie` headers (RFC 6265bis). */
export class AuthCookies {
  constructor(
    private readonly cookies: ResolvedCookies,
    /** Whether access tokens of the mode `hybrid` are in a cookie. */
    readonly keepsAccessTokens: boolean,
  ) {}

  /** The names that are ours: the one for access tokens only where it is in use. */
  get names(): readonly string[] {
    const { session, refresh, access } = this.cookies;
    return [session.name, refresh.name, ...(this.keepsAccessTokens ? [access.name] : [])];
  }

  nameOf(kind: CookieKind): string {
    return this.cookies[kind].name;
  }

  /** The values of all cookies of this kind. */
  valuesOf(kind: CookieKind, request: HttpRequest): readonly string[] {
    const isInUse = kind !== 'access' || this.keepsAccessTokens;
    return isInUse ? cookiesOf(request, this.cookies[kind].name) : [];
  }

  /** A new value, after the deletion of the variants of the cookie that the request may have come with. */
  set(kind: CookieKind, value: string, maxAgeSeconds: number, request: HttpRequest): readonly string[] {
    const cookie = this.cookies[kind];
    const { domain, path } = cookie;
    const own = { domain, path, partitioned: this.cookies.partitioned };
    // First those that go: a browser may take a variant for the cookie itself.
    const going = this.clear(kind, request).filter((line) => line !== cleared(cookie, own));
    return [...going, serialise(cookie, { value, maxAgeSeconds, ...own })];
  }

  /** The deletion of every variant of the cookie that the request may have come with. */
  clear(kind: CookieKind, request: HttpRequest): readonly string[] {
    const cookie = this.cookies[kind];
    const came = this.valuesOf(kind, request).length;
    const variants = came === 0 ? [] : this.variants(cookie, came > 1);
    const lines = variants.map((variant) => cleared(cookie, variant));
    return kind === 'refresh' ? [...lines, ...this.clearFormer(request)] : lines;
  }

  private clearFormer(request: HttpRequest): readonly string[] {
    const { refresh } = this.cookies;
    if (this.names.includes(FORMER_REFRESH)) return [];
    if (cookiesOf(request, FORMER_REFRESH).length === 0) return [];
    const former = { ...refresh, name: FORMER_REFRESH, secure: true };
    return domainsOf(refresh).map((domain) => cleared(former, { domain, path: null, partitioned: false }));
  }

  /**
   * The cookie of this host and of the configured domain. Where two of the name came, other paths than the configured one
   * count too, and the other kind of `partitioned`: an option that was changed leaves its cookies. What begins with
   * `__Host-` has one path and no domain.
   */
  private variants(cookie: ResolvedCookie, ambiguous: boolean): readonly Variant[] {
    const isHost = /^__Host-/i.test(cookie.name);
    const paths = ambiguous && !isHost ? [...new Set([cookie.path, '/', null])] : [cookie.path];
    const both = this.cookies.partitioned || (ambiguous && cookie.secure);
    return (both ? [false, true] : [false]).flatMap((partitioned) =>
      paths.flatMap((path) => domainsOf(cookie).map((domain) => ({ domain, path, partitioned }))),
    );
  }
}

function domainsOf({ domain }: ResolvedCookie): readonly (string | null)[] {
  return domain === null ? [null] : [null, domain];
}

function cleared(cookie: ResolvedCookie, variant: Variant): string {
  return serialise(cookie, { value: '', maxAgeSeconds: 0, ...variant });
}

const SAME_SITE = { strict: 'Strict', lax: 'Lax', none: 'None' } as const;

function serialise(cookie: ResolvedCookie, written: Written): string {
  const { value, maxAgeSeconds, domain, path, partitioned } = written;
  const attributes = [
    `${cookie.name}=${value}`,
    ...(path === null ? [] : [`Path=${path}`]),
    `Max-Age=${maxAgeSeconds}`,
    'HttpOnly',
    `SameSite=${SAME_SITE[cookie.sameSite]}`,
  ];
  if (cookie.secure) attributes.push('Secure');
  if (partitioned) attributes.push('Partitioned');
  if (domain !== null) attributes.push(`Domain=${domain}`);
  return attributes.join('; ');
}
