import type { AuthErrorCode } from '../errors/auth-error.js';
import { bodyOf, type JsonSchema, type RouteDescriptions } from '../features/route-description.js';
import { LOGIN_FIELDS } from '../users/login-fields.js';
import { MAX_JWS_LENGTH } from '../access-tokens/compact-jws.js';

const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });
/** How long it may be depends on the features: what signed people in before us is longer than ours. */
const REFRESH_TOKEN = { refresh_token: { type: 'string', max: Infinity } } as const;
const MODES = ['session', 'tokens', 'hybrid'] as const;
const NEVER_SENT = 'Left out where the token is in its cookie.';
const UNAVAILABLE: AuthErrorCode = 'AUTH_STORE_UNAVAILABLE';

/** The built-in routes of the core. */
export const CORE_ROUTES: RouteDescriptions = {
  'POST /login': {
    summary: 'Sign in with a password',
    description:
      'A browser keeps the cookies that the answer sets, and sends them by itself. In the mode `tokens` the client keeps both tokens; in the mode `hybrid` the refresh token is in a cookie.',
    body: bodyOf(
      { ...LOGIN_FIELDS, mode: { type: 'string', max: 10, oneOf: MODES } },
      {
        identifier: 'What the user is known by, such as an e-mail address.',
        mode: 'Default: the mode of the application, which is `session` unless it says otherwise.',
      },
    ),
    bodyTypes: ['json', 'form'],
    answers: {
      200: {
        description: 'Signed in, in the mode that was asked for.',
        schema: ref('AuthSignedIn'),
        setsCookies: true,
      },
    },
    errors: ['AUTH_SIGN_IN_LIMIT'],
  },
  'POST /refresh': {
    summary: 'Get new tokens for a refresh token',
    description:
      'The refresh token is in its cookie or in the body. Send one `Idempotency-Key` with all tries of the same refresh: a lost answer can then be asked for again.',
    body: bodyOf(REFRESH_TOKEN, { refresh_token: NEVER_SENT }),
    headers: {
      'Idempotency-Key': {
        type: 'string',
        minLength: 16,
        maxLength: 255,
        pattern: '^[!-~]+$',
        description: 'A random text for this refresh, kept before it is sent.',
      },
    },
    answers: {
      200: {
        description: 'New tokens, by the way that the former one came.',
        schema: { anyOf: [ref('AuthTokens'), ref('AuthHybrid')] },
        setsCookies: true,
      },
    },
    errors: [
      'AUTH_CREDENTIALS_MISSING',
      'AUTH_REFRESH_TOKEN_INVALID',
      'AUTH_CSRF_REJECTED',
      'AUTH_REFRESH_BUSY',
      'AUTH_RATE_LIMITED',
      UNAVAILABLE,
    ],
    credentials: ['refresh-cookie', 'none'],
  },
  'POST /step-up': {
    summary: 'Confirm the password of a user who is signed in',
    description:
      'Afterwards routes that need a recent sign-in admit this one. A sign-in by tokens needs its refresh token too.',
    body: bodyOf({ password: LOGIN_FIELDS.password, ...REFRESH_TOKEN }, { refresh_token: NEVER_SENT }),
    answers: {
      200: {
        description: 'Confirmed. The sign-in goes on with new secrets.',
        schema: ref('AuthSignedIn'),
        setsCookies: true,
      },
    },
    errors: [
      'AUTH_CREDENTIALS_INVALID',
      'AUTH_CREDENTIALS_MISSING',
      'AUTH_REFRESH_TOKEN_INVALID',
      'AUTH_SESSION_INVALID',
      'AUTH_CSRF_REJECTED',
      'AUTH_RATE_LIMITED',
      'AUTH_REFRESH_BUSY',
      'AUTH_PASSWORDS_BUSY',
      UNAVAILABLE,
    ],
  },
  'POST /logout': {
    summary: 'Sign out here',
    description: 'Ends every sign-in whose credential the request has. Without any it does nothing.',
    body: bodyOf(REFRESH_TOKEN, { refresh_token: NEVER_SENT }),
    answers: { 204: { description: 'Signed out. The cookies are removed.', setsCookies: true } },
    errors: ['AUTH_CSRF_REJECTED', UNAVAILABLE],
    credentials: ['session', 'access-token', 'refresh-cookie', 'none'],
  },
  'POST /access-token/revoke': {
    summary: 'Revoke one access token',
    description: 'The sign-in goes on: a refresh gives a new access token.',
    body: bodyOf(
      { access_token: { type: 'string', max: MAX_JWS_LENGTH } },
      { access_token: 'Left out: the one that the request is sent with.' },
    ),
    answers: { 204: { description: 'The token is not good any more.' } },
    errors: [
      'AUTH_CREDENTIALS_MISSING',
      'AUTH_ACCESS_TOKEN_INVALID',
      'AUTH_CSRF_REJECTED',
      'AUTH_REVOCATION_OFF',
      UNAVAILABLE,
    ],
    credentials: ['access-token', 'none'],
  },
  'POST /logout-all': {
    summary: 'Sign out everywhere',
    body: bodyOf(
      { except_current: { type: 'boolean' } },
      { except_current: 'Whether the sign-in of this request goes on. Default false.' },
    ),
    answers: { 204: { description: 'The sign-ins have ended.', setsCookies: true } },
  },
  'GET /me': {
    summary: 'Tell who is signed in',
    answers: {
      200: {
        description: 'The user.',
        schema: { type: 'object', properties: { user: ref('AuthUser') }, required: ['user'] },
      },
    },
  },
  'GET /sign-ins': {
    summary: 'List the sign-ins of the user',
    answers: {
      200: {
        description: 'The sign-ins that have not ended.',
        schema: { type: 'array', items: ref('AuthSignIn') },
      },
    },
  },
  'DELETE /sign-ins/:id': {
    summary: 'End one sign-in of the user',
    answers: { 204: { description: 'It has ended.' } },
    errors: ['AUTH_SIGN_IN_NOT_FOUND'],
  },
};

/** The route of the public keys, which is outside of the built-in routes' path. */
export const JWKS_ROUTES: RouteDescriptions = {
  'GET /jwks.json': {
    summary: 'Read the public keys that tokens are verified with',
    headers: { 'If-None-Match': { type: 'string', description: 'The ETag of an earlier answer.' } },
    answers: {
      200: {
        description: 'The keys (RFC 7517).',
        headers: { ETag: 'Of the keys.', 'Cache-Control': 'How long a copy may be used.' },
        schema: {
          type: 'object',
          properties: {
            keys: { type: 'array', items: { type: 'object', additionalProperties: { type: 'string' } } },
          },
          required: ['keys'],
        },
      },
      304: { description: 'They are those of the ETag.' },
    },
  },
};
