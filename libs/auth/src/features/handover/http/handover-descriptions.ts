import { LONGEST_REFRESH_TOKEN } from '../../../http/refresh-request.js';
import { bodyOf, type RouteDescriptions } from '../../route-description.js';

/** What the body of a request for a link may have. */
export const HANDOVER_FIELDS = {
  refresh_token: { type: 'string', max: LONGEST_REFRESH_TOKEN },
  scope: { type: 'string', max: 4_096 },
  target: { type: 'string', max: 2_048 },
} as const;

/** The routes of a handover, for `nestjs-aerie/openapi`. */
export const HANDOVER_DESCRIPTIONS: RouteDescriptions = {
  'POST /handover': {
    summary: 'Ask for a link that goes on in a browser',
    description:
      'A session or an access token must be of a user who authenticated in the last five minutes. A refresh token must not.',
    body: bodyOf(HANDOVER_FIELDS, {
      refresh_token: 'In place of another credential.',
      scope: 'Narrows the new sign-in to some scopes, with spaces between them.',
      target: 'Where the browser goes then: a path of the application.',
    }),
    answers: {
      201: {
        description: 'The link.',
        schema: {
          type: 'object',
          properties: {
            url: { type: 'string', format: 'uri', description: 'Good once, after a click.' },
            expires_in: { type: 'integer', minimum: 1, description: 'In seconds.' },
          },
          required: ['url', 'expires_in'],
        },
      },
    },
    errors: [
      'AUTH_CREDENTIALS_MISSING',
      'AUTH_ACCESS_TOKEN_INVALID',
      'AUTH_ACCESS_TOKEN_EXPIRED',
      'AUTH_ACCESS_TOKEN_REVOKED',
      'AUTH_ACCESS_TOKEN_STALE',
      'AUTH_SESSION_INVALID',
      'AUTH_SESSION_EXPIRED',
      'AUTH_RECENT_SIGN_IN_REQUIRED',
      'AUTH_REFRESH_TOKEN_INVALID',
      'AUTH_SCOPE_INVALID',
      { code: 'HANDOVER_FROM_CHILD', kind: 'forbidden', todo: 'sign in there, then ask again' },
      { code: 'HANDOVER_LIMIT', kind: 'conflict', todo: 'sign in again first' },
      'AUTH_STORE_UNAVAILABLE',
    ],
    credentials: ['access-token', 'session', 'none'],
  },
  'GET /handover/open/:token': null,
  'GET /handover/open': null,
  'POST /handover/open': null,
};
