import type { AuthErrorCode } from '../../../errors/auth-error.js';
import {
  type AnswerDescription,
  bodyOf,
  type JsonSchema,
  type RouteDescription,
  type RouteDescriptions,
} from '../../route-description.js';
import type { AccountFlowsOn } from '../account-flow-settings.js';
import { FLOW_FIELDS } from '../flows/flow-arguments.js';
import { ASKING_FIELDS, CODE_FIELDS, LINK_FIELDS, OPENING_FIELDS } from './sign-in-requests.js';

const { token, email, password, current_password, identifier } = FLOW_FIELDS;
const TOKEN = 'From the fragment of the link in the mail.';
const HANDLE = 'What the answer to the request for the mail gave an application without cookies.';
const MODE = 'Default: the mode of the application.';

const LINK: readonly AuthErrorCode[] = [
  'AUTH_ACTION_TOKEN_INVALID',
  'AUTH_RATE_LIMITED',
  'AUTH_STORE_UNAVAILABLE',
];
const CONFIRMED: readonly AuthErrorCode[] = [
  'AUTH_CREDENTIALS_INVALID',
  'AUTH_RATE_LIMITED',
  'AUTH_PASSWORDS_BUSY',
  'AUTH_STORE_UNAVAILABLE',
];

const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });
const object = (properties: Record<string, JsonSchema>, required = Object.keys(properties)): JsonSchema => ({
  type: 'object',
  properties,
  required,
});
const ASKED: AnswerDescription = {
  description: 'A mail is sent if there is such an account. The answer is the same if there is none.',
};
const KEPT: AnswerDescription = {
  description: 'Done. Other sign-ins have ended; the one of this request goes on with new credentials.',
  schema: ref('AuthKeptSignIn'),
  setsCookies: true,
};
const SIGNED_IN: AnswerDescription = {
  description: 'Signed in, in the mode that was asked for.',
  schema: ref('AuthSignedIn'),
  setsCookies: true,
};
const RESTORED: AnswerDescription = {
  description: 'Every sign-in has ended, and a mail leads to a new password.',
  schema: object({
    restored: { type: 'boolean', description: 'False: another account has the address meanwhile.' },
  }),
};

const undo = (summary: string): RouteDescription => ({
  summary,
  body: bodyOf({ token, email }, { token: TOKEN, email: 'From the fragment of the link as well.' }),
  answers: { 200: RESTORED },
  errors: LINK,
});
const asking = (summary: string): RouteDescription => ({
  summary,
  body: bodyOf(ASKING_FIELDS, {
    handle: 'Whether the answer gives a handle in place of a cookie. Default false.',
  }),
  answers: {
    202: {
      ...ASKED,
      headers: { 'Set-Cookie': 'The cookie of the browser that asked, unless a handle was asked for.' },
      schema: object(
        {
          expires_in: { type: 'integer', minimum: 1, description: 'In seconds.' },
          handle: { type: 'string', description: 'Send it back when the link or code is used.' },
        },
        ['expires_in'],
      ),
    },
  },
});
const CODE: RouteDescriptions = {
  'POST /code': {
    summary: 'Sign in with a code',
    body: bodyOf(CODE_FIELDS, { handle: HANDLE, mode: MODE }),
    answers: { 200: SIGNED_IN },
    errors: [...LINK, 'AUTH_SIGN_IN_LIMIT'],
  },
};
/** The pages that links lead to, and their script. */
const SCRIPT: RouteDescriptions = { 'GET /link-page.js': null };

/** The routes of each flow, for `nestjs-aerie/openapi`. */
export const FLOW_DESCRIPTIONS: Readonly<Record<keyof AccountFlowsOn, RouteDescriptions>> = {
  verifyEmail: {
    ...SCRIPT,
    'GET /email/verify': null,
    'POST /email/verify/send': {
      summary: 'Mail the user a link that verifies the address',
      body: bodyOf({}),
      answers: { 202: { description: 'A mail is sent, unless the address is verified.' } },
    },
    'POST /email/verify': {
      summary: 'Verify the address that a link was mailed to',
      body: bodyOf({ token, current_password }, { token: TOKEN }),
      answers: {
        200: {
          description: 'The address is verified. If credentials were voided, other sign-ins have ended.',
          schema: {
            allOf: [
              ref('AuthKeptSignIn'),
              object({
                credentials_voided: {
                  type: 'boolean',
                  description: 'Whether the password that the account had is removed.',
                },
              }),
            ],
          },
          setsCookies: true,
        },
      },
      errors: ['AUTH_ACTION_TOKEN_INVALID', ...CONFIRMED],
    },
  },
  reset: {
    ...SCRIPT,
    'GET /password/reset': null,
    'POST /password/forgot': {
      summary: 'Mail a link to a new password',
      body: bodyOf({ identifier }),
      answers: { 202: ASKED },
    },
    'POST /password/reset': {
      summary: 'Set a new password with a link',
      body: bodyOf({ token, password }, { token: TOKEN, password: 'The new one.' }),
      answers: {
        204: {
          description: 'The password is set, and every sign-in has ended.',
          headers: { 'Set-Cookie': 'The cookie of a known device.' },
        },
      },
      errors: [...LINK, 'AUTH_PASSWORD_REJECTED', 'AUTH_PASSWORDS_BUSY'],
    },
  },
  changePassword: {
    'POST /password': {
      summary: 'Change the password',
      body: bodyOf(
        { current_password: { ...current_password, required: true }, password },
        { password: 'The new one.' },
      ),
      answers: { 200: KEPT },
      errors: ['AUTH_PASSWORD_REJECTED', ...CONFIRMED],
    },
  },
  changeEmail: {
    ...SCRIPT,
    'GET /email/confirm': null,
    'GET /email/undo': null,
    'POST /email/change': {
      summary: 'Mail a link to a new address',
      body: bodyOf({ email, current_password }, { email: 'The new address.' }),
      answers: { 202: { description: 'A mail is sent to the new address, unless an account has it.' } },
      errors: ['AUTH_RECENT_SIGN_IN_REQUIRED', ...CONFIRMED],
    },
    'POST /email/confirm': {
      summary: 'Take the new address that a link was mailed to',
      body: bodyOf({ token, email }, { token: TOKEN, email: 'From the fragment of the link as well.' }),
      answers: { 200: KEPT },
      errors: LINK,
    },
    'POST /email/undo': undo('Take the former address back'),
  },
  notMe: {
    ...SCRIPT,
    'GET /not-me': null,
    'POST /not-me': undo('Say that a change was made by somebody else'),
  },
  newDevice: {},
  magicLink: {
    ...CODE,
    'GET /magic': null,
    'GET /magic/page.js': null,
    'POST /magic/send': asking('Mail a link that signs in'),
    'POST /magic/open': {
      summary: 'Look at a link, which stays good',
      body: bodyOf(OPENING_FIELDS, { token: TOKEN, handle: HANDLE }),
      answers: {
        200: {
          description: 'The link is good.',
          schema: object({
            asked_here: { type: 'boolean', description: 'Whether this client asked for it, and may use it.' },
            code: { type: 'string', description: 'To type in where it was asked for.' },
            expires_at: { type: 'string', format: 'date-time' },
          }),
        },
      },
      errors: LINK,
    },
    'POST /magic': {
      summary: 'Sign in with a link',
      body: bodyOf(LINK_FIELDS, { token: TOKEN, handle: HANDLE, mode: MODE }),
      answers: { 200: SIGNED_IN },
      errors: [...LINK, 'AUTH_SIGN_IN_LIMIT'],
    },
  },
  codes: { ...CODE, 'POST /code/send': asking('Mail a code that signs in') },
};
