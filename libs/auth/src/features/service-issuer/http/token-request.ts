import {
  GrantUnsupportedError,
  RequestInvalidError,
  TargetInvalidError,
} from '../../../errors/auth-error.js';
import type { IssuedToken } from '../tokens/service-token-issuer.js';
import { type AskedTarget, scopesOf } from '../clients/token-target.js';
import type { SubjectToken } from '../tokens/token-exchange.js';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const SESSION = 'urn:nestjs-aerie:params:oauth:token-type:session';

/** What the token endpoint takes, beside what says who the client is. */
export const TOKEN_FIELDS = [
  'grant_type',
  'scope',
  'audience',
  'resource',
  'subject_token',
  'subject_token_type',
  'requested_token_type',
] as const;

type TokenForm = Partial<Record<(typeof TOKEN_FIELDS)[number], string>>;

export type TokenRequest =
  | { readonly grant: 'client_credentials'; readonly asked: AskedTarget }
  | { readonly grant: 'token-exchange'; readonly asked: AskedTarget; readonly subject: SubjectToken };

/** Throws RequestInvalid-, GrantUnsupported-, ScopeInvalid- and TargetInvalidError. */
export function tokenRequest(form: TokenForm): TokenRequest {
  switch (form.grant_type) {
    case undefined:
      throw new RequestInvalidError('"grant_type" is missing.');
    case 'client_credentials':
      for (const name of ['subject_token', 'subject_token_type', 'requested_token_type'] as const)
        if (form[name] !== undefined) throw new RequestInvalidError(`"${name}" is not for this grant.`);
      return { grant: 'client_credentials', asked: askedTarget(form) };
    case EXCHANGE:
      if (form.requested_token_type !== undefined && form.requested_token_type !== ACCESS_TOKEN)
        throw new RequestInvalidError(`"requested_token_type" must be ${ACCESS_TOKEN}.`);
      return { grant: 'token-exchange', asked: askedTarget(form), subject: subjectToken(form) };
    default:
      throw new GrantUnsupportedError();
  }
}

/** An audience by either of its names (RFC 8693, section 2.1; RFC 8707). */
function askedTarget({ scope, audience, resource }: TokenForm): AskedTarget {
  if (audience !== undefined && resource !== undefined && audience !== resource)
    throw new TargetInvalidError();
  return { audience: audience ?? resource ?? null, scopes: scope === undefined ? null : scopesOf(scope) };
}

function subjectToken({ subject_token: value, subject_token_type: type }: TokenForm): SubjectToken {
  if (value === undefined || type === undefined)
    throw new RequestInvalidError('"subject_token" and "subject_token_type" must be given.');
  if (type === ACCESS_TOKEN) return { kind: 'access-token', value };
  if (type === SESSION) return { kind: 'session', value };
  throw new RequestInvalidError(`"subject_token_type" must be ${ACCESS_TOKEN} or ${SESSION}.`);
}

/** The answer of the token endpoint (RFC 6749, section 5.1; RFC 8693, section 2.2.1). */
export function tokenAnswer({ grant }: TokenRequest, issued: IssuedToken): Record<string, unknown> {
  return {
    access_token: issued.token,
    ...(grant === 'token-exchange' && { issued_token_type: ACCESS_TOKEN }),
    token_type: 'Bearer',
    expires_in: issued.expiresIn,
    scope: issued.scopes.join(' '),
  };
}
