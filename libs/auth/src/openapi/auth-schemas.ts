import type { JsonSchema } from '../features/route-description.js';

const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });
const text: JsonSchema = { type: 'string' };
const texts: JsonSchema = { type: 'array', items: text };
const time: JsonSchema = { type: 'string', format: 'date-time' };
const seconds: JsonSchema = { type: 'integer', minimum: 0, description: 'In seconds.' };
const object = (properties: Record<string, JsonSchema>): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});

const USER = { user: ref('AuthUser') };
const SIGN_IN = { sign_in: object({ id: text, expires_at: time, idle_expires_at: time }) };
const ACCESS: Record<string, JsonSchema> = {
  access_token: text,
  token_type: { type: 'string', enum: ['Bearer'] },
};
const LIFETIMES = { expires_in: seconds, refresh_expires_in: seconds };
const REFRESH = { refresh_token: text };

const ERROR: JsonSchema = {
  ...object({
    statusCode: { type: 'integer', description: 'The status of the answer.' },
    code: { type: 'string', description: 'Stable: decide by it.' },
    message: { type: 'string', description: 'For people.' },
  }),
  description: 'An error of nestjs-aerie.',
};
/** Members that a few errors have beside those. */
const DETAILS: Record<string, JsonSchema> = {
  max_age: { type: 'integer', description: 'Of AUTH_RECENT_SIGN_IN_REQUIRED: in seconds.' },
  waysOpen: { ...texts, description: 'Of AUTH_RATE_LIMITED: other ways to sign in.' },
  reason: {
    type: 'string',
    enum: ['too_short', 'too_long', 'common', 'expected', 'blocked'],
    description: 'Of AUTH_PASSWORD_REJECTED.',
  },
  min_length: { type: 'integer', description: 'Of AUTH_PASSWORD_REJECTED with too_short.' },
  max_length: { type: 'integer', description: 'Of AUTH_PASSWORD_REJECTED with too_long.' },
};

/** The named schemas of a document. `hasAccessCookie`: access tokens of the mode hybrid are in a cookie. */
export function authSchemas(hasAccessCookie: boolean): Readonly<Record<string, JsonSchema>> {
  const access = hasAccessCookie ? {} : ACCESS;
  return {
    AuthError: { ...ERROR, properties: { ...ERROR.properties, ...DETAILS } },
    AuthOAuthError: {
      description: 'An error in the shape of RFC 6749, section 5.2, with the members of AuthError.',
      allOf: [ref('AuthError'), object({ error: text, error_description: text })],
    },
    AuthUser: {
      ...object({ id: text, roles: texts, scopes: texts }),
      description: 'A user, with the members that the application adds.',
      additionalProperties: true,
    },
    AuthSession: {
      ...object({ ...USER, ...SIGN_IN }),
      description: 'Signed in by a session, which is in a cookie.',
    },
    AuthTokens: {
      ...object({ ...ACCESS, ...LIFETIMES, ...REFRESH, ...USER }),
      description: 'Signed in by tokens.',
    },
    AuthHybrid: {
      ...object({ ...access, ...LIFETIMES, ...USER }),
      description: hasAccessCookie
        ? 'Signed in by tokens, both of them in cookies.'
        : 'Signed in by tokens, the refresh token in a cookie.',
    },
    AuthSignedIn: { anyOf: [ref('AuthSession'), ref('AuthTokens'), ref('AuthHybrid')] },
    AuthKeptSignIn: {
      type: 'object',
      description:
        'What the sign-in of the request goes on with, as after a sign-in; empty if there is none.',
      properties: { ...USER, ...SIGN_IN, ...ACCESS, ...LIFETIMES, ...REFRESH },
    },
    AuthSignIn: {
      ...object({
        id: text,
        kind: { type: 'string', enum: ['session', 'tokens'] },
        current: { type: 'boolean', description: 'Whether it is the sign-in of this request.' },
        created_at: time,
        last_seen_at: time,
        expires_at: time,
        ip: { ...text, nullable: true },
        user_agent: { ...text, nullable: true },
      }),
      description: 'A sign-in of the user.',
    },
  };
}
