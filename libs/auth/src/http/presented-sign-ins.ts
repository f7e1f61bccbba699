import { Logger } from '@nestjs/common';
import { bearerToken, cookiesOf } from '../context/request-credentials.js';
import type { FormerCredentials } from '../context/credentials/former-credentials.js';
import { headerOf, type HttpRequest } from '../context/http-request.js';
import type { OriginCheck } from '../context/origin-check.js';
import { AccessTokenInvalidError, RequestInvalidError } from '../errors/auth-error.js';
import type { AuthCookies } from './auth-cookies.js';
import type { SignInMode } from '../options/auth-options.js';
import type { Candidate, SignOut, ProvenSignIn } from '../sign-in/sign-out.js';
import { LONGEST_REFRESH_TOKEN, refreshTokenInBody } from './refresh-request.js';
import { failureMessage } from '../errors/failure-message.js';

/** What one request may make us ask the tables for: a browser holds two, and may have two of each name. */
const MAX_CANDIDATES = 8;
/** A signed token with claims is longer than ours. */
const LONGEST_FORMER = 4096;

/** The sign-ins whose credentials, of any kind, a request holds: a logout ends them, a login replaces them. */
export class PresentedSignIns {
  private readonly logger = new Logger('AuthModule');

  constructor(
    private readonly signOut: SignOut,
    private readonly cookies: AuthCookies,
    private readonly origins: OriginCheck,
    /** Null: credentials of ours alone are accepted. */
    private readonly formerCredentials: FormerCredentials | null,
  ) {}

  /** Names of the cookies that a refresh token may come in: ours first. */
  get refreshCookies(): readonly string[] {
    return [this.cookies.nameOf('refresh'), ...(this.formerCredentials?.refreshCookies ?? [])];
  }

  /** How long a refresh token in a body may be. */
  get longestRefreshToken(): number {
    return this.formerCredentials ? LONGEST_FORMER : LONGEST_REFRESH_TOKEN;
  }

  /**
   * Ends every sign-in whose credential is held and genuine, also where two cookies of a name came; a credential that is
   * not genuine ends nothing, and is no error. Throws RequestInvalidError, CsrfRejectedError, StoreUnavailableError.
   */
  async endAll(request: HttpRequest): Promise<void> {
    const { cookies, formerCredentials } = this;
    const inBody = doesWithoutBody(request, cookies)
      ? undefined
      : refreshTokenInBody(request, this.longestRefreshToken);
    const inCookies = cookies.valuesOf('refresh', request);
    const sessions = cookies.valuesOf('session', request);
    const accessTokens = cookies.valuesOf('access', request);
    const bearer = wellFormedBearer(request);
    // A script of another site cannot send a bearer token: that request is meant. Browsers add `Basic` by themselves.
    const isMeant = bearer !== undefined || sessions.length + accessTokens.length === 0;
    const holdsFormer = formerCredentials?.isHeldBy(request) === true;
    if (inCookies.length > 0 || holdsFormer || !isMeant) this.origins.check(request);
    const candidates = this.signOut.candidates({
      accessTokens: bearer === undefined ? accessTokens : [bearer, ...accessTokens],
      sessions,
      refreshTokens: inBody === undefined ? inCookies : [inBody, ...inCookies],
    });
    if (candidates.length > MAX_CANDIDATES)
      throw new RequestInvalidError(`The request has more than ${MAX_CANDIDATES} credentials.`);
    for (const signIn of await proven(candidates)) await this.signOut.endProven(signIn, 'signed_out');
    await formerCredentials?.end(request, inBody);
  }

  /**
   * The sign-ins whose cookies a new sign-in of this mode is about to overwrite, and which no client could use or end
   * afterwards. No cookie is refused here. Throws StoreUnavailableError.
   */
  async former(request: HttpRequest, mode: SignInMode): Promise<readonly ProvenSignIn[]> {
    if (mode === 'tokens') return [];
    const { cookies } = this;
    // Where access tokens are in a cookie, a browser is signed in by one kind of cookie: the other kind goes too.
    const goes = (kind: SignInMode): boolean => kind === mode || cookies.keepsAccessTokens;
    const candidates = this.signOut.candidates({
      ...(goes('session') && { sessions: cookies.valuesOf('session', request) }),
      ...(goes('hybrid') && { refreshTokens: cookies.valuesOf('refresh', request) }),
    });
    const held = await proven(candidates.slice(0, MAX_CANDIDATES));
    const opened = await this.formerCredentials?.openedBy(request, mode === 'session' ? mode : 'tokens');
    return opened ? [...held, ...opened.filter(({ id }) => held.every((one) => one.id !== id))] : held;
  }

  /**
   * Ends the sign-ins of `former`, after their successor is open; what signed people in before us opens nothing beside it. If
   * the store cannot, the log says so; the login succeeds.
   */
  async endFormer(former: readonly ProvenSignIn[], request: HttpRequest): Promise<void> {
    for (const signIn of former)
      await this.tried(`end the sign-in ${signIn.id} that it replaced`, () =>
        this.signOut.endProven(signIn, 'replaced'),
      );
    const { formerCredentials } = this;
    if (formerCredentials)
      await this.tried('spend the former credentials beside it', () => formerCredentials.spend(request));
  }

  private async tried(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const reason = failureMessage(error);
      this.logger.error(`a login could not ${what}: ${reason}`);
    }
  }
}

/**
 * Whether a logout leaves the body alone: a cookie of ours says what to end, and the body is no JSON. A page that closes
 * sends such a one (`navigator.sendBeacon`), and hears of no refusal.
 */
export function doesWithoutBody(request: HttpRequest, cookies: AuthCookies): boolean {
  if (/^application\/json\b/i.test(headerOf(request, 'content-type') ?? '')) return false;
  return cookies.names.some((name) => cookiesOf(request, name).length > 0);
}

/** All are asked before anything is done with the first, and each sign-in is there once. */
async function proven(candidates: readonly Candidate[]): Promise<readonly ProvenSignIn[]> {
  const found = new Map<string, ProvenSignIn>();
  for (const candidate of candidates) {
    const signIn = await candidate();
    if (signIn) found.set(signIn.id, signIn);
  }
  return [...found.values()];
}

/** A malformed header is no credential, and a logout refuses none of those. */
function wellFormedBearer(request: HttpRequest): string | undefined {
  try {
    return bearerToken(request);
  } catch (error) {
    if (error instanceof AccessTokenInvalidError) return undefined;
    throw error;
  }
}
