import type { ResolvedCookie } from './cookie-options.js';

interface CookieValue {
  readonly value: string;
  readonly maxAgeSeconds: number;
}

/** Our two cookies as `Set-Cookie` headers (RFC 6265bis). A cookie is cleared with the attributes it was set with. */
export class AuthCookies {
  constructor(
    private readonly cookies: { readonly session: ResolvedCookie; readonly refresh: ResolvedCookie },
    /** Where the refresh cookie travels: the global prefix and the routes' path, as the browser sees them. */
    private readonly refreshPath: () => string,
  ) {}

  get sessionName(): string {
    return this.cookies.session.name;
  }

  get refreshName(): string {
    return this.cookies.refresh.name;
  }

  session(value: string, maxAgeSeconds: number): string {
    return serialise(this.cookies.session, '/', { value, maxAgeSeconds });
  }

  refresh(value: string, maxAgeSeconds: number): string {
    return serialise(this.cookies.refresh, this.refreshPath(), { value, maxAgeSeconds });
  }

  clearSession(): string {
    return serialise(this.cookies.session, '/', { value: '', maxAgeSeconds: 0 });
  }

  clearRefresh(): string {
    return serialise(this.cookies.refresh, this.refreshPath(), { value: '', maxAgeSeconds: 0 });
  }
}

const SAME_SITE = { strict: 'Strict', lax: 'Lax', none: 'None' } as const;

function serialise(cookie: ResolvedCookie, path: string, { value, maxAgeSeconds }: CookieValue): string {
  const attributes = [
    `${cookie.name}=${value}`,
    `Path=${path}`,
    `Max-Age=${maxAgeSeconds}`,
    'HttpOnly',
    `SameSite=${SAME_SITE[cookie.sameSite]}`,
  ];
  if (cookie.secure) attributes.push('Secure');
  if (cookie.domain) attributes.push(`Domain=${cookie.domain}`);
  return attributes.join('; ');
}
