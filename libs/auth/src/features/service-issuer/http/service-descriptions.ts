import type { AuthErrorCode } from '../../../errors/auth-error.js';
import type { JsonSchema, RouteDescriptions } from '../../route-description.js';
import { CLIENT_FIELDS } from './oauth-request.js';
import { DEFAULT_LIMIT, MAX_IDS, MAX_LIMIT } from './revocations.controller.js';
import { TOKEN_FIELDS } from './token-request.js';

const SAID: Partial<Record<(typeof TOKEN_FIELDS)[number] | (typeof CLIENT_FIELDS)[number], string>> = {
  grant_type: '`client_credentials`, or `urn:ietf:params:oauth:grant-type:token-exchange` (RFC 8693).',
  scope: 'Scopes, with spaces between them. Default: all that the client has.',
  audience: 'For whom the token is. Needed by a client with several audiences.',
  resource: 'Another name of `audience` (RFC 8707).',
  client_id: 'With `client_secret`, in place of HTTP Basic.',
  client_assertion: 'A JWT that the client signed, in place of a secret (RFC 7523).',
};
/** A form of texts, beside what says who the client is. */
const form = (fields: readonly string[], required: string): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(
    [...fields, ...CLIENT_FIELDS].map((name) => {
      const description = SAID[name as keyof typeof SAID];
      return [name, { type: 'string' as const, ...(description !== undefined && { description }) }];
    }),
  ),
  required: [required],
  additionalProperties: false,
});
const ABOUT_TOKEN = form(['token', 'token_type_hint'], 'token');

const OF_CLIENTS: readonly AuthErrorCode[] = [
  'AUTH_CLIENT_INVALID',
  'AUTH_RATE_LIMITED',
  'AUTH_STORE_UNAVAILABLE',
];
const text: JsonSchema = { type: 'string' };
const seconds: JsonSchema = { type: 'integer', minimum: 0 };
const COMMON = { oauthErrors: true, bodyTypes: ['form'], credentials: ['client', 'none'] } as const;

/** The routes for services, for `nestjs-aerie/openapi`. */
export const SERVICE_DESCRIPTIONS: RouteDescriptions = {
  'POST /token': {
    ...COMMON,
    summary: 'Get a token for a service, or exchange one',
    body: form(TOKEN_FIELDS, 'grant_type'),
    answers: {
      200: {
        description: 'The token (RFC 6749, section 5.1; RFC 8693, section 2.2.1).',
        schema: {
          type: 'object',
          properties: {
            access_token: text,
            issued_token_type: { ...text, description: 'Of an exchange.' },
            token_type: { type: 'string', enum: ['Bearer'] },
            expires_in: { ...seconds, description: 'In seconds.' },
            scope: text,
          },
          required: ['access_token', 'token_type', 'expires_in', 'scope'],
        },
      },
    },
    errors: [
      ...OF_CLIENTS,
      'AUTH_GRANT_FORBIDDEN',
      'AUTH_GRANT_UNSUPPORTED',
      'AUTH_GRANT_INVALID',
      'AUTH_SCOPE_INVALID',
      'AUTH_TARGET_INVALID',
    ],
  },
  'POST /introspect': {
    ...COMMON,
    summary: 'Ask whether a token is good',
    body: ABOUT_TOKEN,
    answers: {
      200: {
        description: 'What the token says, if it is good and for this client (RFC 7662, section 2.2).',
        schema: {
          type: 'object',
          properties: {
            active: { type: 'boolean' },
            token_type: { type: 'string', enum: ['Bearer'] },
            ...Object.fromEntries(
              ['iss', 'sub', 'client_id', 'scope', 'jti', 'sid'].map((name) => [name, text]),
            ),
            aud: { anyOf: [text, { type: 'array', items: text }] },
            ...Object.fromEntries(['iat', 'exp', 'auth_time'].map((name) => [name, seconds])),
            amr: { type: 'array', items: text },
            act: { type: 'object', additionalProperties: true },
          },
          required: ['active'],
        },
      },
    },
    errors: [...OF_CLIENTS, 'AUTH_FORBIDDEN'],
  },
  'POST /revoke': {
    ...COMMON,
    summary: 'Revoke a token',
    body: ABOUT_TOKEN,
    answers: {
      200: { description: 'The token is not good any more, or was no token (RFC 7009, section 2.2).' },
    },
    errors: OF_CLIENTS,
  },
  'GET /revocations': {
    summary: 'Follow the revocations',
    query: {
      after: { type: 'integer', minimum: 0, description: 'The highest id that is known. Default 0.' },
      limit: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, description: `Default ${DEFAULT_LIMIT}.` },
      ids: {
        ...text,
        description: `Up to ${MAX_IDS} ids, with commas between them, in place of the others.`,
      },
    },
    headers: { 'If-None-Match': { ...text, description: 'The ETag of an earlier answer.' } },
    answers: {
      200: {
        description: 'The revocations.',
        headers: {
          ETag: 'Of the list, whatever the time.',
          'Aerie-Now': 'The clock of the store, in milliseconds.',
        },
        schema: {
          type: 'object',
          properties: {
            now: { type: 'integer', minimum: 0, description: 'The clock of the store, in milliseconds.' },
            revocations: {
              type: 'array',
              items: {
                type: 'object',
                properties: {
                  id: seconds,
                  kind: text,
                  value: text,
                  epoch: { ...seconds, nullable: true },
                  created_at: { ...seconds, description: 'In milliseconds.' },
                  expires_at: { ...seconds, description: 'In milliseconds.' },
                },
                required: ['id', 'kind', 'value', 'epoch', 'created_at', 'expires_at'],
              },
            },
          },
          required: ['now', 'revocations'],
        },
      },
      304: { description: 'They are those of the ETag.' },
    },
    errors: ['AUTH_REQUEST_INVALID', 'AUTH_STORE_UNAVAILABLE'],
  },
};
