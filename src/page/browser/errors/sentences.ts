import { duration, type ErrorDetails, later, passwordReason, quoted, short, ways } from './error-details.js';

export type { ErrorDetails } from './error-details.js';

/** What an error of the API means to the person at the page. */
export interface ErrorSentence {
  /** What happened. */
  readonly happened: string;
  /** What to do now. */
  readonly todo: string;
}

type Sentence = ErrorSentence | ((details: ErrorDetails) => ErrorSentence);

const say = (happened: string, todo: string): ErrorSentence => ({ happened, todo });
const SIGN_IN = 'Sign in again.';

/** Every code of the library, and of the features that the demo switches on. */
export const SENTENCES: Readonly<Record<string, Sentence>> = {
  AUTH_REQUEST_INVALID: say(
    'The server cannot read this request.',
    'Correct the fields. If the browser holds two cookies of one name, sign in again: a sign-in removes both.',
  ),
  AUTH_CREDENTIALS_MISSING: say('You are not signed in here.', 'Sign in.'),
  AUTH_CREDENTIALS_INVALID: say(
    'The e-mail address or the password is wrong. The server does not say which, so that nobody can search for accounts.',
    'Check both and try again, or make an account.',
  ),
  AUTH_ACCESS_TOKEN_INVALID: say(
    'The access token is not from this server, was changed, or is for another audience.',
    SIGN_IN,
  ),
  AUTH_ACCESS_TOKEN_EXPIRED: say(
    'The access token has expired. It is genuine, but its 15 minutes are over.',
    'Refresh, then try again. The client of this page does so by itself.',
  ),
  AUTH_ACCESS_TOKEN_REVOKED: say(
    'The sign-in of this access token has ended, or the token was revoked by itself.',
    'Refresh. If the refresh is refused too, sign in again.',
  ),
  AUTH_ACCESS_TOKEN_STALE: say(
    'The account has changed since this access token was issued, for example its password or its roles.',
    'Refresh, then try again. The client of this page does so by itself.',
  ),
  AUTH_ACCESS_TOKEN_TOO_LARGE: say(
    'The access token of this account is too large for a cookie. Nothing was opened.',
    'The operator must give less to the token: fewer claims, roles or scopes.',
  ),
  AUTH_REFRESH_TOKEN_INVALID: say(
    'The refresh token is refused: it was used twice, has expired, or its sign-in has ended. The server does not say which.',
    SIGN_IN,
  ),
  AUTH_SESSION_INVALID: say('The session has ended, or was never made here.', SIGN_IN),
  AUTH_SESSION_EXPIRED: say('The session has reached its time limit.', SIGN_IN),
  AUTH_SESSION_STALE: say(
    'The session or its account has changed since this connection was opened, for example its roles.',
    'Connect again. The page does so by itself.',
  ),
  AUTH_SESSION_DATA_CONFLICT: say(
    'Another request changed the data of the session first. Nothing was written.',
    'Load the page again, then try again.',
  ),
  AUTH_CSRF_REJECTED: say(
    'The request came from a page of another origin, and the server refused it.',
    'Open this page at the address that the server has as its issuer, or add the origin to trustedOrigins.',
  ),
  AUTH_FORBIDDEN: say(
    'You are signed in, but your account may not do this.',
    'Ask for the role or the scope, or sign in as another user.',
  ),
  AUTH_SIGNED_URL_INVALID: say(
    'The signature of this link does not fit: the link was changed.',
    'Ask for a new link.',
  ),
  AUTH_SIGNED_URL_EXPIRED: say('The time of this link is over.', 'Ask for a new link.'),
  AUTH_SIGN_IN_NOT_FOUND: say(
    'You have no such sign-in: it has ended meanwhile.',
    'Load the list of sign-ins again.',
  ),
  AUTH_SIGN_IN_LIMIT: say(
    'The password was right, but you have as many sign-ins as this server allows.',
    'Sign out elsewhere, then try again.',
  ),
  AUTH_CLIENT_INVALID: say(
    'The service client is unknown, or its secret is wrong.',
    'Correct the id or the secret of the client.',
  ),
  AUTH_GRANT_FORBIDDEN: say(
    'This service client may not use this grant.',
    'Give the grant to the client, or ask for another one.',
  ),
  AUTH_GRANT_UNSUPPORTED: say('The server does not have this grant type.', 'Ask for another grant.'),
  AUTH_GRANT_INVALID: say(
    'The credential that should be exchanged is not valid here.',
    'Refresh or sign in, then exchange the new credential.',
  ),
  AUTH_SCOPE_INVALID: say('The client or the sign-in does not have this scope.', 'Ask for fewer scopes.'),
  AUTH_TARGET_INVALID: say(
    'The client may not ask for this audience, or named none.',
    'Name an audience that the client has.',
  ),
  AUTH_ACTION_TOKEN_INVALID: say(
    'This link or code is not valid: it was used, has expired, or belongs to another browser.',
    'Ask for a new one.',
  ),
  AUTH_REVOCATION_OFF: say(
    'This server does not ask whether access tokens were revoked, so it cannot revoke one.',
    'Let the token expire, or end its sign-in.',
  ),
  AUTH_PASSWORD_REJECTED: (details) =>
    say(`The new password is refused: ${passwordReason(details)}.`, 'Choose another password.'),
  AUTH_RECENT_SIGN_IN_REQUIRED: ({ max_age }) =>
    say(
      max_age === undefined
        ? 'You are signed in, but you gave your password too long ago for this.'
        : `You are signed in, but you must have given your password within the last ${duration(max_age)} for this.`,
      'Give your password again, then repeat what you did.',
    ),
  AUTH_REFRESH_BUSY: (details) =>
    say(
      'Too many requests use this refresh token at once. Nothing was exchanged, and the token is still good.',
      later(details),
    ),
  AUTH_PASSWORDS_BUSY: (details) =>
    say('The server is checking too many passwords right now. Yours was not checked.', later(details)),
  AUTH_RATE_LIMITED: (details) =>
    say(
      'Too many tries. Nothing was checked, and the account is not locked.',
      `${later(details)}${ways(details)}`,
    ),
  AUTH_STORE_UNAVAILABLE: (details) =>
    say(
      'The server cannot reach its database right now. Nothing was decided: a sign-in that you have stays good.',
      later(details),
    ),
  HANDOVER_INVALID: say(
    'This link from the application was used, has expired, or is malformed.',
    'Go back to the application and ask for a new link.',
  ),
  HANDOVER_FROM_CHILD: say(
    'A browser that was signed in by a link cannot hand its sign-in over again.',
    'Start from the application.',
  ),
  HANDOVER_LIMIT: say(
    'This sign-in has signed in as many browsers as it may.',
    'Sign in again in the application, then ask for a new link.',
  ),
};

const UNREACHABLE = say(
  'The server did not answer: it is stopped, or the network is down. A sign-in that you have stays good.',
  'Check that the server runs, then try again.',
);

/** What `nestjs-aerie/client` reports itself. */
export const CLIENT_SENTENCES: Readonly<Record<string, Sentence>> = {
  AUTH_CLIENT_UNREACHABLE: UNREACHABLE,
  AUTH_CLIENT_STORAGE_FAILED: say(
    'The storage of this device failed. The sign-in goes on in memory.',
    'Try again. If it happens again, sign out and sign in.',
  ),
  AUTH_CLIENT_SUPERSEDED: say('Another tab signed out, or signed in as another user, meanwhile.', SIGN_IN),
};

const HTTP: Readonly<Record<number, Sentence>> = {
  400: ({ message }) =>
    say(quoted('The server cannot accept what was sent', message), 'Correct it, then try again.'),
  401: say('You are not signed in here.', 'Sign in.'),
  403: say('The server refused this request.', 'Sign in as a user who may do this.'),
  404: say('There is no such thing on this server.', 'Load the page again.'),
  409: ({ message }) =>
    say(quoted('This conflicts with what the server has', message), 'Change it, then try again.'),
  413: say('The request is too large.', 'Send less.'),
  429: (details) => say('Too many requests.', later(details)),
  503: (details) => say('The server cannot answer right now. Nothing was lost.', later(details)),
};

/**
 * A sentence for an error of the API, and one for what to do. `code` is the `code` of the body; null when the answer had none. No
 * `status` and no code: no answer came. An unknown code gets a sentence that names it.
 */
export function sentenceOf(code: string | null | undefined, details: ErrorDetails = {}): ErrorSentence {
  const known =
    code == null
      ? undefined
      : [SENTENCES, CLIENT_SENTENCES].find((sentences) => Object.hasOwn(sentences, code))?.[code];
  if (known) return told(known, details);
  const { status } = details;
  if (code == null && status === undefined) return UNREACHABLE;
  const byStatus = status === undefined ? undefined : HTTP[status];
  const { happened, todo } = byStatus
    ? told(byStatus, details)
    : say(
        status !== undefined && status >= 500
          ? 'The server made a mistake.'
          : 'The server refused this request.',
        status !== undefined && status >= 500
          ? 'Try again. If it happens again, look at the log of the server.'
          : 'Load the page again, then try again.',
      );
  const names = [
    code == null ? [] : [`code ${short(code)}`],
    status === undefined ? [] : [`status ${status}`],
  ].flat();
  return byStatus && code == null
    ? { happened, todo }
    : { happened: `${happened} (${names.join(', ')})`, todo };
}

function told(sentence: Sentence, details: ErrorDetails): ErrorSentence {
  return typeof sentence === 'function' ? sentence(details) : sentence;
}
