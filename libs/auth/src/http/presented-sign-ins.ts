import { Logger } from '@nestjs/common';
import { bearerToken, cookiesOf, hasAuthorization } from '../context/request-credentials.js';
import { headerOf, type HttpRequest } from '../context/http-request.js';
import type { OriginCheck } from '../context/origin-check.js';
import { AccessTokenInvalidError, RequestInvalidError } from '../errors/auth-error.js';
import type { SignInMode } from '../options/auth-options.js';
import type { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import type { Candidate, SignOut, ProvenSignIn } from '../sign-in/sign-out.js';
import { refreshTokenInBody } from './refresh-request.js';

/** What one request may make us ask the tables for: a browser holds two, and may have two of each name. */
const MAX_CANDIDATES = 8;

/** The sign-ins whose credentials, of any kind, a request holds: a logout ends them, a login replaces them. */
export class PresentedSignIns {
  private readonly logger = new Logger('AuthModule');

  constructor(
    private readonly signOut: SignOut,
    private readonly options: Pick<ResolvedAuthOptions, 'cookies'>,
    private readonly origins: OriginCheck,
  ) {}

  /**
   * Ends every sign-in whose credential is held and genuine, also where two cookies of a name came; a credential that is
   * not genuine ends nothing, and is no error. Throws RequestInvalidError, CsrfRejectedError, StoreUnavailableError.
   */
  async endAll(request: HttpRequest): Promise<void> {
    const { cookies } = this.options;
    const inBody = doesWithoutBody(request, cookies) ? undefined : refreshTokenInBody(request);
    const inCookies = cookiesOf(request, cookies.refresh.name);
    const sessions = cookiesOf(request, cookies.session.name);
    // A script of another site cannot send an Authorization header of its own: that request is meant.
    const isMeant = hasAuthorization(request) || sessions.length === 0;
    if (inCookies.length > 0 || !isMeant) this.origins.check(request);
    const accessToken = wellFormedBearer(request);
    const candidates = this.signOut.candidates({
      ...(accessToken !== undefined && { accessToken }),
      sessions,
      refreshTokens: inBody === undefined ? inCookies : [inBody, ...inCookies],
    });
    if (candidates.length > MAX_CANDIDATES)
      throw new RequestInvalidError(`The request has more than ${MAX_CANDIDATES} credentials.`);
    for (const signIn of await proven(candidates)) await this.signOut.endProven(signIn, 'signed_out');
  }

  /**
   * The sign-ins whose cookies a new sign-in of this mode is about to overwrite, and which no client could use or end
   * afterwards. No cookie is refused here. Throws StoreUnavailableError.
   */
  async former(request: HttpRequest, mode: SignInMode): Promise<readonly ProvenSignIn[]> {
    if (mode === 'tokens') return [];
    const kind = mode === 'session' ? 'session' : 'refresh';
    const values = cookiesOf(request, this.options.cookies[kind].name);
    const candidates = this.signOut.candidates(
      kind === 'session' ? { sessions: values } : { refreshTokens: values },
    );
    return proven(candidates.slice(0, MAX_CANDIDATES));
  }

  /** Ends the sign-ins of `former`, after their successor is open. If the store cannot, the log says so; the login succeeds. */
  async endFormer(former: readonly ProvenSignIn[]): Promise<void> {
    for (const signIn of former) {
      try {
        await this.signOut.endProven(signIn, 'replaced');
      } catch (error) {
        const reason = error instanceof Error ? error.message : 'an unknown error';
        this.logger.error(`a login could not end the sign-in ${signIn.id} that it replaced: ${reason}`);
      }
    }
  }
}

/**
 * Whether a logout leaves the body alone: a cookie of ours says what to end, and the body is no JSON. A page that closes
 * sends such a one (`navigator.sendBeacon`), and hears of no refusal.
 */
export function doesWithoutBody(request: HttpRequest, cookies: ResolvedAuthOptions['cookies']): boolean {
  if (/^application\/json\b/i.test(headerOf(request, 'content-type') ?? '')) return false;
  return [cookies.session, cookies.refresh].some(({ name }) => cookiesOf(request, name).length > 0);
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
