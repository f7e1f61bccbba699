import type { HttpAdapterHost } from '@nestjs/core';
import type { HttpRequest } from '../../../context/http-request.js';
import { cookiesOf } from '../../../context/request-credentials.js';
import type { ResolvedAuthOptions } from '../../../options/resolve-auth-options.js';
import { type Asker, askerOf, newAsker } from './asker.js';

/** 400 days: as long as browsers keep a cookie at most (RFC 6265bis, section 5.5). */
const MAX_AGE_SECONDS = 34_560_000;
const SAME_SITE = { strict: 'Strict', lax: 'Lax', none: 'None' } as const;

/**
 * The askers of requests. A browser has a random id in the cookie `__Host-asker`, which stays the same; an application without
 * cookies gets a handle in the answer, and sends it back in the body.
 */
export class Askers {
  /** `asker` where the session cookie has `secure: false`: browsers drop `__Host-` then. */
  readonly cookie: string;

  /** @internal */
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly cookies: Pick<ResolvedAuthOptions['cookies'], 'session' | 'partitioned'>,
  ) {
    this.cookie = cookies.session.secure ? '__Host-asker' : 'asker';
  }

  /** The asker of a request: by the handle of its body if there is one, else by its cookie; null: it has none. */
  of(request: HttpRequest, handle?: unknown): Asker | null {
    if (handle !== undefined) return askerOf('handle', handle) ?? null;
    for (const value of cookiesOf(request, this.cookie)) {
      const asker = askerOf('cookie', value);
      if (asker) return asker;
    }
    return null;
  }

  /** The asker of a request that asks for a link or a code: with a new handle, or with the cookie, which is set (again). */
  asking(request: HttpRequest, response: unknown, by: Asker['by']): Asker {
    if (by === 'handle') return newAsker('handle');
    const asker = this.of(request) ?? newAsker('cookie');
    this.host.httpAdapter.appendHeader(response, 'Set-Cookie', this.line(asker));
    return asker;
  }

  private line({ text }: Asker): string {
    const { secure, sameSite } = this.cookies.session;
    return [
      `${this.cookie}=${text}`,
      'Path=/',
      `Max-Age=${MAX_AGE_SECONDS}`,
      'HttpOnly',
      `SameSite=${SAME_SITE[sameSite]}`,
      ...(secure ? ['Secure'] : []),
      ...(this.cookies.partitioned ? ['Partitioned'] : []),
    ].join('; ');
  }
}
