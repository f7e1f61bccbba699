import { CredentialsMissingError } from '../errors/auth-error.js';
import { type CredentialKind, cookiesOf, hasAuthorization } from './request-credentials.js';
import { headerOf, type HttpRequest } from './http-request.js';

/** The names of the cookies that are credentials; null: there is none. */
export interface CredentialCookies {
  readonly session: string | null;
  readonly access: string | null;
}

/** Where no cookie is a credential. */
export const NO_COOKIES: CredentialCookies = { session: null, access: null };

/** The refusal of a request without the credential that a place takes. It says what came, and nothing of its value. */
export function credentialsMissing(
  request: HttpRequest,
  accepted: CredentialKind | 'service-token',
  cookies: CredentialCookies,
): CredentialsMissingError {
  return new CredentialsMissingError(
    `Sign in to continue: ${neededFor(accepted, cookies)} is needed, ${sentBy(request, cookies)}.`,
  );
}

function neededFor(accepted: CredentialKind | 'service-token', cookies: CredentialCookies): string {
  if (accepted === 'service-token') return "a service's token (Authorization: Bearer)";
  if (accepted === 'session') return 'a session cookie';
  const token = `an access token (Authorization: Bearer${cookies.access === null ? '' : ', or its cookie'})`;
  return accepted === 'access-token' || cookies.session === null ? token : `${token} or a session cookie`;
}

function sentBy(request: HttpRequest, { session, access }: CredentialCookies): string {
  const cookie = [
    ...(isSent(request, session) ? ['a session cookie'] : []),
    ...(isSent(request, access) ? ['the cookie of an access token'] : []),
  ].join(' and ');
  if (hasAuthorization(request)) {
    const isBearer = /^bearer\b/i.test(headerOf(request, 'authorization') ?? '');
    const sent = isBearer ? 'an access token was sent' : 'an Authorization header of another scheme was sent';
    return cookie ? `${sent}, which decides alone beside ${cookie}` : sent;
  }
  return `${cookie || 'no credential'} was sent`;
}

function isSent(request: HttpRequest, name: string | null): boolean {
  return name !== null && cookiesOf(request, name).length > 0;
}
