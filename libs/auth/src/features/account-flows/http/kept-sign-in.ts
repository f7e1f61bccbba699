import type { HttpRequest } from '../../../context/http-request.js';
import { cookiesOf } from '../../../context/request-credentials.js';
import type { SignInResponse } from '../../../http/sign-in-response.js';
import type { ResolvedAuthOptions } from '../../../options/resolve-auth-options.js';
import type { SignInResult } from '../../../sign-in/sign-in-result.js';

/** Hands out what a sign-in goes on with after a change of credentials. */
export class KeptSignIn {
  constructor(
    private readonly answer: SignInResponse,
    private readonly options: Pick<ResolvedAuthOptions, 'cookies' | 'accessTokens'>,
  ) {}

  /** How a client holds its tokens: `hybrid` when one came in a cookie. A script then gets none. */
  modeOf(request: HttpRequest): 'tokens' | 'hybrid' {
    const { cookies, accessTokens } = this.options;
    const held = [cookies.refresh.name, ...(accessTokens.cookie ? [cookies.access.name] : [])];
    return held.some((name) => cookiesOf(request, name).length > 0) ? 'hybrid' : 'tokens';
  }

  /** Sets the cookies, and gives the body to answer with; an empty one when nothing was kept. */
  bodyOf(kept: SignInResult | null, response: unknown): Record<string, unknown> {
    return kept ? this.answer.of(kept, response) : {};
  }
}
