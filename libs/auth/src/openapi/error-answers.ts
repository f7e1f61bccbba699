import type { AuthErrorCode } from '../errors/auth-error.js';
import { STATUS_OF, STATUS_OF_KIND } from '../context/error-responses.js';
import type { FeatureErrorDescription, JsonSchema } from '../features/route-description.js';

/** An error that a route may answer with. */
export type DescribedError = AuthErrorCode | FeatureErrorDescription;

/** A response of OpenAPI. */
export interface ErrorAnswer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: JsonSchema }>>;
  readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}

/** What a client does about each error. `docs/errors.md` has the same words. */
export const WHAT_TO_DO: Readonly<Record<AuthErrorCode, string>> = {
  AUTH_REQUEST_INVALID: 'correct the request',
  AUTH_CREDENTIALS_MISSING: 'sign in',
  AUTH_CREDENTIALS_INVALID: 'ask for the password again',
  AUTH_ACCESS_TOKEN_INVALID: 'sign in',
  AUTH_ACCESS_TOKEN_EXPIRED: 'refresh, try again',
  AUTH_ACCESS_TOKEN_REVOKED: 'refresh; if that is refused, sign in',
  AUTH_ACCESS_TOKEN_STALE: 'refresh, try again',
  AUTH_ACCESS_TOKEN_TOO_LARGE: 'nothing: the operator must give less to tokens',
  AUTH_REFRESH_TOKEN_INVALID: 'sign in',
  AUTH_SESSION_INVALID: 'sign in',
  AUTH_SESSION_EXPIRED: 'sign in',
  AUTH_SESSION_STALE: 'connect again, with the cookie it has now',
  AUTH_CSRF_REJECTED: "send it from the application's own origin",
  AUTH_FORBIDDEN: 'nothing',
  AUTH_SIGNED_URL_INVALID: 'ask for a new link',
  AUTH_SIGNED_URL_EXPIRED: 'ask for a new link',
  AUTH_SIGN_IN_NOT_FOUND: 'list again',
  AUTH_SIGN_IN_LIMIT: 'sign out elsewhere, try again',
  AUTH_SESSION_DATA_CONFLICT: 'load again, try again',
  AUTH_CLIENT_INVALID: "correct the client's id, secret or key",
  AUTH_GRANT_FORBIDDEN: 'give the client the grant, or ask for another one',
  AUTH_GRANT_UNSUPPORTED: 'ask for another grant',
  AUTH_GRANT_INVALID: 'refresh or sign in, then exchange the new credential',
  AUTH_SCOPE_INVALID: 'ask for fewer scopes',
  AUTH_TARGET_INVALID: 'name an audience that the client has',
  AUTH_ACTION_TOKEN_INVALID: 'ask for a new link or code',
  AUTH_PASSWORD_REJECTED: 'show the reason, ask for another password',
  AUTH_RECENT_SIGN_IN_REQUIRED: 'step up, try again',
  AUTH_REVOCATION_OFF: 'nothing: let the token expire',
  AUTH_REFRESH_BUSY: 'wait as `Retry-After` says, keep the token, try again',
  AUTH_PASSWORDS_BUSY: 'wait as `Retry-After` says, try again',
  AUTH_RATE_LIMITED: 'wait as `Retry-After` says, or take one of `waysOpen`',
  AUTH_STORE_UNAVAILABLE: 'wait as `Retry-After` says, keep the credentials, try again',
};

/** Headers of errors, by status. */
const HEADERS: Readonly<Record<number, readonly [name: string, description: string, schema: JsonSchema]>> = {
  401: ['WWW-Authenticate', 'What would be accepted (RFC 6750, section 3).', { type: 'string' }],
  429: ['Retry-After', 'In seconds.', { type: 'integer', minimum: 1 }],
  503: ['Retry-After', 'In seconds.', { type: 'integer', minimum: 1 }],
};

/** The responses for these errors, by status. */
export function errorAnswers(
  errors: Iterable<DescribedError>,
  schemaName: string,
): Readonly<Record<string, ErrorAnswer>> {
  const byStatus = new Map<number, Map<string, string>>();
  for (const error of errors) {
    const [code, status, todo] = facts(error);
    const codes = byStatus.get(status) ?? new Map<string, string>();
    byStatus.set(status, codes.set(code, todo));
  }
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, codes]) => [status, answer(status, codes, schemaName)]),
  );
}

function facts(error: DescribedError): readonly [code: string, status: number, todo: string] {
  if (typeof error === 'string') return [error, STATUS_OF[error], WHAT_TO_DO[error]];
  return [error.code, STATUS_OF_KIND[error.kind], error.todo];
}

function answer(status: number, codes: ReadonlyMap<string, string>, schemaName: string): ErrorAnswer {
  const listed = [...codes].map(([code, todo]) => `- \`${code}\`: ${todo}`).join('\n');
  const header = HEADERS[status];
  const schema: JsonSchema = {
    allOf: [
      { $ref: `#/components/schemas/${schemaName}` },
      { type: 'object', properties: { code: { type: 'string', enum: [...codes.keys()] } } },
    ],
  };
  return {
    description: `What a client does about each \`code\`:\n\n${listed}`,
    ...(header && { headers: { [header[0]]: { description: header[1], schema: header[2] } } }),
    content: { 'application/json': { schema } },
  };
}
