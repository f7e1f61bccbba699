import type { SecurityEventSink } from '../audit/security-event.js';
import {
  CredentialsMissingError,
  RefreshTokenInvalidError,
  SessionInvalidError,
} from '../errors/auth-error.js';
import type { Principal } from '../principal/principal.js';
import { arriving, type Requester } from '../principal/requester.js';
import type { SessionService } from '../sessions/session.service.js';
import { principalOf, type UserLoader } from '../users/user-loader.js';
import type { Authenticator } from './authenticator.js';
import type { PasswordConfirmation } from './password-confirmation.js';
import { principalArgument, requesterArgument } from './sign-in-arguments.js';
import { sessionResult, type SignInResult } from './sign-in-result.js';
import type { SignOut } from './sign-out.js';
import type { TokenRefresh } from './token-refresh.js';

/** The refresh token of a sign-in by tokens, and the mode that its client holds it in. A session needs none. */
export interface HeldTokens {
  readonly refreshToken?: string;
  readonly mode?: 'tokens' | 'hybrid';
}

/** What a user proved, and by which credential of the sign-in. */
interface Proof {
  readonly subject: string;
  readonly methods: readonly string[];
  readonly requester: Requester;
}

/**
 * Records that a user who is signed in authenticated once more. The sign-in goes on with a new secret, so a copy of the
 * former one is worthless.
 */
export class StepUp {
  /** @internal */
  constructor(
    private readonly confirmation: PasswordConfirmation,
    private readonly authenticator: Authenticator,
    private readonly sessions: SessionService,
    private readonly loader: UserLoader,
    private readonly signOut: SignOut,
    private readonly tokenRefresh: TokenRefresh,
    private readonly events: SecurityEventSink,
  ) {}

  /**
   * Checks the password of a signed-in user, then gives the sign-in of this principal a new secret. For tokens give the refresh
   * token of the same sign-in. Send the result to the client as after a sign-in (`SignInResponse`).
   *
   * @throws CredentialsInvalidError (401) for a wrong password.
   * @throws CredentialsMissingError (401) for a principal of an access token without its refresh token.
   * @throws RefreshTokenInvalidError or SessionInvalidError (401) when the sign-in has ended, or the token is another one's.
   * @throws RateLimitedError (429) after too many wrong passwords of this sign-in.
   * @throws PasswordsBusyError (503) when too many passwords wait to be hashed.
   * @throws StoreUnavailableError (503) when a store or the user directory cannot answer.
   * @example
   * ```ts
   * import { type Principal, requesterOf, type SignInResponse, type StepUp } from 'nestjs-aerie';
   * import type { Request, Response } from 'express';
   *
   * declare const stepUp: StepUp, answer: SignInResponse; // injected
   *
   * export async function confirmed(user: Principal, password: string, request: Request, response: Response) {
   *   return answer.of(await stepUp.withPassword(user, password, {}, requesterOf(request)), response);
   * }
   * ```
   */
  async withPassword(
    principal: Principal,
    password: unknown,
    { refreshToken, mode = 'tokens' }: HeldTokens = {},
    requester?: Requester,
  ): Promise<SignInResult> {
    const { id: subject, signInId, kind } = principalArgument(principal);
    const arrived = arriving(requesterArgument(requester));
    const proof = { subject, methods: ['pwd'], requester: arrived };
    if (kind === 'session') {
      await this.confirmation.confirm(principal, password, arrived, 'step-up');
      return this.session(proof, signInId, this.authenticator.secretHashOf(principal));
    }
    if (refreshToken === undefined)
      throw new CredentialsMissingError('Send the refresh token of this sign-in as well.');
    // Before the hash: a token of another sign-in needs no password to be refused.
    if (!this.tokenRefresh.isOf(signInId, refreshToken, arrived))
      throw new RefreshTokenInvalidError('unknown');
    await this.confirmation.confirm(principal, password, arrived, 'step-up');
    return this.tokens(proof, refreshToken, mode);
  }

  /** @internal The same for a credential whose holder authenticated in another way. */
  async tokens(
    { subject, methods, requester }: Proof,
    refreshToken: string,
    mode: 'tokens' | 'hybrid',
  ): Promise<SignInResult> {
    const result = await this.tokenRefresh.stepUp(subject, refreshToken, methods, requester, mode);
    this.record(subject, result.principal.signInId, methods, requester);
    return result;
  }

  /** @internal By the secret that was shown; without it, by the one that the session has. Nothing after the exchange can fail. */
  async session(
    { subject, methods, requester }: Proof,
    signInId: string,
    secretHash: string | undefined,
  ): Promise<SignInResult> {
    const found = await this.sessions.renewalOf(signInId, subject, secretHash);
    if (!found) throw new SessionInvalidError();
    const loaded = await this.loader.load(subject);
    if (!loaded) {
      await this.signOut.endAll(subject, 'subject_gone');
      throw new SessionInvalidError();
    }
    const { renewal, next, row, now } = found;
    if (!(await this.sessions.renewBy(renewal, { methods }))) throw new SessionInvalidError();
    this.record(subject, signInId, methods, requester);
    const { id, scopes } = row;
    const principal = principalOf(loaded, { id, kind: 'session', authenticatedAt: now, methods, scopes });
    return sessionResult(principal, row, next.token);
  }

  private record(
    subject: string,
    signInId: string,
    methods: readonly string[],
    { ip, userAgent }: Requester,
  ): void {
    this.events.record({ type: 'stepped_up', subject, signInId, methods, ip, userAgent });
  }
}
