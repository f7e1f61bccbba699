import { clientText, moduleText } from './paste-texts.js';
import type { EnoughAnswers } from './questions.js';

export { type Answers, enough, type EnoughAnswers, openQuestions, QUESTIONS } from './questions.js';

export type Mode = 'session' | 'tokens' | 'hybrid';

/** What the answers lead to. */
export interface Choices {
  /** How the browser signs in, or the application where there is no browser. */
  readonly mode: Mode;
  /** `accessTokens.cookie`: the access token is in an HttpOnly cookie. */
  readonly accessTokenInCookie: boolean;
  /** This application exchanges the user's sign-in for a token when it calls another service. */
  readonly exchanges: boolean;
  /** Other services verify the user's access token by themselves. */
  readonly servicesVerify: boolean;
  /** The API must be served under the host name of the pages. */
  readonly needsProxy: boolean;
  /** Mobile and desktop applications sign in too, in the mode `tokens`. */
  readonly withApplications: boolean;
  /** The origin of the pages differs from the issuer. */
  readonly pagesElsewhere: boolean;
  readonly revocation: 'feed' | 'lookup' | 'none';
}

export interface Decision {
  readonly mode: Mode;
  readonly accessTokenInCookie: boolean;
  /** The answer in a few words. */
  readonly title: string;
  /** Reasons and consequences, a sentence or two each. */
  readonly why: readonly string[];
  /** `app.module.ts`, complete. */
  readonly options: string;
  /** The client's side, complete. */
  readonly client: string;
  /** Pages of the documentation, such as `docs/sessions.md#anchor`. */
  readonly seeAlso: readonly string[];
}

/** Session, tokens or hybrid: the answer to every combination of answers. Facts: docs/choosing.md, docs/revocation.md. */
export function decide(answers: EnoughAnswers): Decision {
  const choices = choose(answers);
  return {
    mode: choices.mode,
    accessTokenInCookie: choices.accessTokenInCookie,
    title: titleOf(choices),
    why: reasons(choices, answers),
    options: moduleText(choices),
    client: clientText(choices),
    seeAlso: pagesFor(choices),
  };
}

function choose({ client, site, services, script, ended }: EnoughAnswers): Choices {
  const inBrowser = client !== 'application';
  const isSinglePage = client === 'single-page' || client === 'both';
  const isElsewhere = isSinglePage && site === 'other';
  const mayHold = script === 'short-token';
  let mode: Mode = 'session';
  if (!inBrowser || (isElsewhere && mayHold)) mode = 'tokens';
  else if (isSinglePage && services !== 'none' && (mayHold || services === 'same-host')) mode = 'hybrid';
  const needsServices = services !== 'none';
  // A session lives on the server, so the feed that ends it costs no query either: expiry has nothing to save there.
  const onlySessions = mode === 'session' && client !== 'both';
  return {
    mode,
    accessTokenInCookie: mode === 'hybrid' && !mayHold,
    exchanges: mode === 'session' && needsServices,
    servicesVerify: mode !== 'session' && needsServices,
    needsProxy: isElsewhere && !mayHold,
    withApplications: client === 'both',
    pagesElsewhere: isElsewhere && mayHold,
    revocation: ended === 'next-request' ? 'lookup' : ended === 'expiry' && !onlySessions ? 'none' : 'feed',
  };
}

function titleOf({ mode, accessTokenInCookie, exchanges, withApplications }: Choices): string {
  const titles: Readonly<Record<Mode, string>> = {
    session: exchanges ? 'Sessions, exchanged for tokens when services are called' : 'Sessions',
    tokens: 'Tokens',
    hybrid: accessTokenInCookie ? 'Hybrid, with the access token in a cookie' : 'Hybrid',
  };
  return withApplications && mode !== 'tokens'
    ? `${titles[mode]}; tokens for the applications`
    : titles[mode];
}

const BROWSER_REASON: Readonly<Record<Mode, string>> = {
  session:
    'The browser holds one HttpOnly cookie. Script cannot read it, so injected script can steal nothing that it can keep. This mode is the default, and the hardest to get wrong.',
  tokens: 'The client holds an access token and a refresh token, and sends Authorization: Bearer.',
  hybrid:
    'The page holds the access token in memory and sends it to your services. The refresh token is in an HttpOnly cookie, which no script can read.',
};

function reasons(choices: Choices, { client }: EnoughAnswers): readonly string[] {
  const { mode, accessTokenInCookie, exchanges, servicesVerify, needsProxy } = choices;
  const isSinglePage = client === 'single-page' || client === 'both';
  const why: string[] = [];
  if (needsProxy)
    why.push(
      'First serve the API under the host name of the pages, for example by a proxy at /api: browsers do not send our cookies to another site, and without cookies a page must hold tokens in script.',
    );
  why.push(
    accessTokenInCookie
      ? 'Both tokens are in HttpOnly cookies, so no script can read them. Services behind the same host name get the cookie and verify it by themselves.'
      : BROWSER_REASON[mode],
  );
  if (client === 'application')
    why.push(
      'Such a client has secure storage of its own and no cookies. Keep the refresh token in that storage.',
    );
  if (choices.pagesElsewhere)
    why.push(
      'Cookies do not cross sites, so the page holds both tokens. Keep them in memory, never in localStorage: a reload then asks for the password. A proxy under the host name of the pages would allow a session instead.',
      'List the origin of the pages in trustedOrigins, and enable CORS for it.',
    );
  if (mode === 'hybrid' && !accessTokenInCookie)
    why.push('Injected script can take the access token away; it works for 15 minutes at most.');
  if (mode === 'hybrid')
    why.push(
      'The client refreshes once after AUTH_ACCESS_TOKEN_EXPIRED or AUTH_ACCESS_TOKEN_STALE, then tries again.',
    );
  if (isSinglePage && !choices.pagesElsewhere)
    why.push(
      'Pages of another origin, such as a development server on port 5173, must be listed in trustedOrigins, and need CORS.',
    );
  if (exchanges)
    why.push(
      'When a handler calls another service, it exchanges the sign-in for a token with one audience and a life of seconds. The service verifies that token with your published keys.',
    );
  if (servicesVerify) why.push('Services verify access tokens by themselves, with your published keys.');
  if (choices.withApplications && mode !== 'tokens')
    why.push(
      'Mobile and desktop applications send "mode": "tokens" with their login. The same guard admits both.',
    );
  why.push(revocationReason(choices, client));
  return why;
}

function revocationReason({ mode, revocation }: Choices, client: EnoughAnswers['client']): string {
  const what = mode === 'session' && client !== 'both' ? 'session' : 'sign-in';
  if (revocation === 'lookup')
    return `Each request reads the ${what} once, by primary key. An ended one is refused from the next request on.`;
  if (revocation === 'none')
    return 'No request asks whether its sign-in has ended: after a logout a copied access token works until it expires, 15 minutes at most. The refresh token ends at once.';
  return `An ended ${what} is refused at once where it ended, and milliseconds later on other nodes with notifications. A request costs no query.`;
}

function pagesFor(choices: Choices): readonly string[] {
  const { mode, accessTokenInCookie, exchanges, servicesVerify, revocation } = choices;
  const pages = ['docs/choosing.md'];
  if (mode === 'session') pages.push('docs/sessions.md');
  if (mode !== 'session' || choices.withApplications) pages.push('docs/refresh-families.md');
  if (accessTokenInCookie) pages.push('docs/between-sessions-and-tokens.md#an-access-token-in-a-cookie');
  if (exchanges) pages.push('docs/between-sessions-and-tokens.md#a-session-exchanged-for-a-jwt');
  if (exchanges || servicesVerify) pages.push('docs/resource-server.md');
  pages.push('docs/browser-client.md');
  pages.push(revocation === 'lookup' ? 'docs/revocation.md#lookup-mode' : 'docs/revocation.md');
  return pages;
}
