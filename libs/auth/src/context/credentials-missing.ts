import { CredentialsMissingError } from '../errors/auth-error.js';
import { type CredentialKind, hasAuthorization } from './request-credentials.js';
import { headerOf, type HttpRequest } from './http-request.js';

/** The name of the session cookie where none is a credential: no cookie can have it. */
export const NO_COOKIE = '\n';

const TOKEN = 'an access token (Authorization: Bearer)';
const NEEDED: Readonly<Record<CredentialKind | 'service-token', string>> = {
  'access-token': TOKEN,
  session: 'a session cookie',
  any: `${TOKEN} or a session cookie`,
  'service-token': "a service's token (Authorization: Bearer)",
};

/** The refusal of a request without the credential that a place takes. It says what came, and nothing of its value. */
export function credentialsMissing(
  request: HttpRequest,
  accepted: CredentialKind | 'service-token',
  sessionCookie: string,
): CredentialsMissingError {
  const needed = NEEDED[accepted === 'any' && sessionCookie === NO_COOKIE ? 'access-token' : accepted];
  return new CredentialsMissingError(
    `Sign in to continue: ${needed} is needed, ${sentBy(request, sessionCookie)}.`,
  );
}

function sentBy(request: HttpRequest, sessionCookie: string): string {
  const cookie = request.headers?.['cookie'];
  const hasCookie = String(cookie ?? '').includes(`${sessionCookie}=`);
  if (hasAuthorization(request)) {
    const isBearer = /^bearer\b/i.test(headerOf(request, 'authorization') ?? '');
    const sent = isBearer ? 'an access token was sent' : 'an Authorization header of another scheme was sent';
    return hasCookie ? `${sent}, which decides alone beside a session cookie` : sent;
  }
  return hasCookie ? 'a session cookie was sent' : 'no credential was sent';
}
