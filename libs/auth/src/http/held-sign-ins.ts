import { bearerToken, cookieOf } from '../context/credentials-of.js';
import type { HttpRequest } from '../context/http-request.js';
import type { OriginCheck } from '../context/origin-check.js';
import { hasAuthorization } from '../context/credentials-of.js';
import { AuthError, StoreUnavailableError } from '../errors/auth-error.js';
import type { SignInMode } from '../options/auth-options.js';
import type { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import type { CredentialEnding } from '../sign-in/credential-ending.js';
import { heldRefreshToken } from './refresh-request.js';

/** The sign-ins whose credentials a request holds, whatever they are: a logout ends them, a login replaces them. */
export class HeldSignIns {
  constructor(
    private readonly endings: CredentialEnding,
    private readonly options: Pick<ResolvedAuthOptions, 'cookies'>,
    private readonly origins: OriginCheck,
  ) {}

  /**
   * Ends every sign-in whose credential is held and good; a credential that is no good ends nothing, and is no error.
   * Throws RequestInvalidError, CsrfRejectedError, StoreUnavailableError.
   */
  async endAll(request: HttpRequest): Promise<void> {
    const { cookies } = this.options;
    const refresh = heldRefreshToken(request, cookies.refresh.name, this.origins);
    const session = cookieOf(request, cookies.session.name);
    // A script of another site cannot send an Authorization header of its own: that request is meant.
    if (session !== undefined && !hasAuthorization(request)) this.origins.check(request);
    await ifGood(async () => {
      const token = bearerToken(request);
      if (token !== undefined) await this.endings.accessToken(token, 'signed_out');
    });
    if (session !== undefined) await ifGood(() => this.endings.session(session, 'signed_out'));
    if (refresh) await ifGood(() => this.endings.refreshToken(refresh.token, 'signed_out'));
  }

  /**
   * The sign-in whose cookie a new sign-in of this mode is about to overwrite, and which nobody could use or end
   * afterwards: the function ends it. Throws RequestInvalidError, before anything was opened.
   */
  former(request: HttpRequest, mode: SignInMode): () => Promise<void> {
    const { cookies } = this.options;
    if (mode === 'tokens') return async () => undefined;
    const value = cookieOf(request, cookies[mode === 'session' ? 'session' : 'refresh'].name);
    if (value === undefined) return async () => undefined;
    return () =>
      ifGood(() =>
        mode === 'session'
          ? this.endings.session(value, 'replaced')
          : this.endings.refreshToken(value, 'replaced'),
      );
  }
}

async function ifGood(end: () => Promise<unknown>): Promise<void> {
  try {
    await end();
  } catch (error) {
    if (error instanceof StoreUnavailableError || !(error instanceof AuthError)) throw error;
  }
}
