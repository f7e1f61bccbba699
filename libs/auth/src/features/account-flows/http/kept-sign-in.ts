import type { KnownDevices } from '../../../attempts/known-devices.js';
import type { HttpRequest } from '../../../context/http-request.js';
import { cookiesOf } from '../../../context/request-credentials.js';
import { requesterOf } from '../../../context/requester-of.js';
import type { SignInResponse } from '../../../http/sign-in-response.js';
import type { ResolvedAuthOptions } from '../../../options/resolve-auth-options.js';
import type { SignInResult } from '../../../sign-in/sign-in-result.js';
import type { SubjectStore } from '../../../subjects/subject-store.js';

/** Hands out what a sign-in goes on with after a change of credentials. */
export class KeptSignIn {
  constructor(
    private readonly answer: SignInResponse,
    private readonly subjects: SubjectStore,
    private readonly devices: KnownDevices,
    private readonly options: Pick<ResolvedAuthOptions, 'cookies' | 'accessTokens'>,
  ) {}

  /** How a client holds its tokens: `hybrid` when one came in a cookie. A script then gets none. */
  modeOf(request: HttpRequest): 'tokens' | 'hybrid' {
    const { cookies, accessTokens } = this.options;
    const held = [cookies.refresh.name, ...(accessTokens.cookie ? [cookies.access.name] : [])];
    return held.some((name) => cookiesOf(request, name).length > 0) ? 'hybrid' : 'tokens';
  }

  /** Sets the cookies, and gives the body to answer with; an empty one when nothing was kept. */
  async bodyOf(
    kept: SignInResult | null,
    request: HttpRequest,
    response: unknown,
  ): Promise<Record<string, unknown>> {
    if (!kept) return {};
    const body = this.answer.of(kept, response);
    await this.rememberDevice(kept.principal.id, request, response);
    return body;
  }

  /** The device is known under the credentials of now. What was done is answered, whatever comes of it. */
  async rememberDevice(subject: string, request: HttpRequest, response: unknown): Promise<void> {
    const { device } = requesterOf(request);
    const versions = await this.subjects.find(subject).catch(() => null);
    const text = versions && this.devices.after(device, subject, versions.credentialVersion);
    if (text) this.answer.rememberDevice(response, text);
  }
}
