import { cookieOf } from '../../../context/request-credentials.js';
import type { HttpRequest } from '../../../context/http-request.js';
import type { ResolvedAuthOptions } from '../../../options/resolve-auth-options.js';
import { HANDOVER_LIFE_MS } from '../handovers.js';

/**
 * Carries a link's token from the address that was opened to the page that asks, so that the page's address holds none. `Lax`: the
 * browser comes from the application, or from a page of another site.
 */
export class HandoverCookie {
  private readonly name: string;
  private readonly attributes: string;

  constructor({ session }: ResolvedAuthOptions['cookies']) {
    this.name = session.secure ? '__Host-handover' : 'handover';
    this.attributes = `; Path=/; HttpOnly; SameSite=Lax${session.secure ? '; Secure' : ''}`;
  }

  /** Throws RequestInvalidError for two of the name. */
  read(request: HttpRequest): string | undefined {
    return cookieOf(request, this.name);
  }

  set(token: string): string {
    return `${this.name}=${token}; Max-Age=${HANDOVER_LIFE_MS / 1_000}${this.attributes}`;
  }

  get cleared(): string {
    return `${this.name}=; Max-Age=0${this.attributes}`;
  }
}
