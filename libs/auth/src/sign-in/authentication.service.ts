import { CredentialsInvalidError, SessionInvalidError } from '../errors/auth-error.js';
import type { SignInMode } from '../options/auth-options.js';
import type { Principal } from '../principal/principal.js';
import type { SubjectId } from '../principal/user-directory.js';
import { arriving, type Requester } from '../principal/requester.js';
import type { SignInLimit } from '../subjects/sign-in-limit.js';
import type { PasswordProof } from './authenticator.js';
import type { KeptCredential } from './credential-changes.js';
import { commonScopes, narrowedByHand } from './sign-in-scopes.js';
import type { SignInResult, TokensResult } from './sign-in-result.js';
import {
  heldArgument,
  methodsArgument,
  type RefreshOptions,
  refreshArguments,
  requesterArgument,
  signInArguments,
  type SignInOptions,
  subjectArgument,
  whoArgument,
} from './sign-in-arguments.js';
import { SignInManagement, type SignInParts } from './sign-in-management.js';

const MAX_TRIES = 3;
const PROOF_FRESH_MS = 10_000;

/**
 * What an application injects to sign people in and out. Every method throws StoreUnavailableError when a store or
 * the user directory cannot answer; nothing is claimed then that was not done. A wrong argument is TypeError, and a wrong or
 * unknown option AuthConfigError: both name it, and nothing was done.
 */
export class AuthenticationService extends SignInManagement {
  /** @internal */
  constructor(
    parts: SignInParts,
    private readonly defaultMode: SignInMode,
    /** Null: a subject may have any number of sign-ins. */
    private readonly limit: SignInLimit | null,
  ) {
    super(parts);
  }

  /**
   * Opens a sign-in for a subject that was authenticated. After a password check give the principal that `LocalAuthGuard`
   * set; after any other strategy give the subject's id. A principal with fewer scopes keeps them: `scopes` can only remove
   * more.
   *
   * @throws CredentialsInvalidError when the subject may not sign in, or changed since its password was checked.
   * @throws SignInLimitError when the subject has `maxSignInsPerSubject` sign-ins and `onSignInLimit` is `refuse`.
   * @throws TypeError for a wrong `who`, AuthConfigError for a wrong option.
   * @throws StoreUnavailableError when a store or the user directory cannot answer.
   * @example
   * ```ts
   * import { type AuthenticationService, requesterOf } from 'nestjs-aerie';
   * import type { Request } from 'express';
   *
   * export async function afterPasskey(auth: AuthenticationService, userId: string, request: Request) {
   *   const result = await auth.signIn(userId, { mode: 'tokens', methods: ['hwk'], requester: requesterOf(request) });
   *   return result.mode === 'session' ? result.sessionToken : result.refreshToken;
   * }
   * ```
   */
  async signIn(who: SubjectId | Principal, options: SignInOptions = {}): Promise<SignInResult> {
    const { authenticator, subjects, loader, opener, devices } = this.parts;
    const { subject, principal } = whoArgument(who);
    const {
      mode,
      scopes: asked,
      label,
      replacing,
      requester,
      ...given
    } = signInArguments(options, this.defaultMode);
    const proof = principal && authenticator.proofOf(principal);
    const methods = given.methods ?? principal?.methods ?? [];
    const limit = this.limit && { ...this.limit, replacing };
    const ofSignIn = principal ? await this.parts.scopes.of(principal) : null;
    for (let tried = 1; ; tried++) {
      const epochs = proof?.epochs ?? (await subjects.epochs(subject));
      // Loaded under these epochs a moment ago: the directory need not be asked again.
      const loaded = proof && isFresh(proof) ? proof.loaded : await loader.load(subject);
      if (!loaded) throw this.refused('disabled', requester);
      const byHand = principal && !proof ? narrowedByHand(principal, loaded.scopes) : null;
      const opening = { epochs, methods, scopes: commonScopes(asked, ofSignIn, byHand), label, limit };
      const result = await opener.open(mode, loaded, opening, requester);
      if (result) {
        devices.note(result.principal, epochs.credentialVersion);
        return result;
      }
      // The subject changed in between: a password that was checked before the change must be checked again.
      if (proof || tried >= MAX_TRIES) throw this.refused('changed_meanwhile', requester);
    }
  }

  /**
   * Checks an identifier and a password, then opens a sign-in. A wrong password and an unknown identifier get the same error
   * after the same time (OWASP ASVS 5.0, 6.3.8).
   *
   * @throws RequestInvalidError for an identifier or a password that is missing or too long.
   * @throws CredentialsInvalidError when they are wrong, or the subject may not sign in.
   * @throws RateLimitedError when there were too many tries at this account, or from this address.
   * @throws PasswordsBusyError when too many passwords wait to be hashed.
   * @throws SignInLimitError when the subject has as many sign-ins as it may have.
   * @throws StoreUnavailableError when a store or the user directory cannot answer.
   * @example
   * ```ts
   * import type { AuthenticationService } from 'nestjs-aerie';
   *
   * export const signIn = (auth: AuthenticationService, email: string, password: string) =>
   *   auth.signInWithPassword(email, password, { mode: 'tokens', label: 'CLI' });
   * ```
   */
  async signInWithPassword(
    identifier: string,
    password: string,
    options: SignInOptions = {},
  ): Promise<SignInResult> {
    // Before the password: a mistake of the program must not depend on what was typed.
    const { requester } = signInArguments(options, this.defaultMode);
    return this.signIn(await this.parts.authenticator.password(identifier, password, requester), options);
  }

  /**
   * Exchanges a refresh token for its successor and a new access token. A retry with the same token within the replay window
   * gets the same successor; with an `idempotencyKey` also later.
   *
   * @throws RefreshTokenInvalidError for a token that is malformed, unknown, expired, ended or reused (RFC 9700, 4.14.2). A
   * reuse ends the sign-in.
   * @throws RefreshBusyError when too many uses of this token wait.
   * @throws RateLimitedError when a token that is no good any more is used again and again.
   * @throws StoreUnavailableError when a store or the user directory cannot answer.
   * @example
   * ```ts
   * import type { AuthenticationService } from 'nestjs-aerie';
   *
   * export async function refreshed(auth: AuthenticationService, refreshToken: string) {
   *   const { accessToken, expiresIn, refreshToken: next } = await auth.refresh(refreshToken);
   *   return { accessToken, expiresInSeconds: expiresIn, refreshToken: next };
   * }
   * ```
   */
  async refresh(refreshToken: string, options: RefreshOptions = {}): Promise<TokensResult> {
    const { idempotencyKey, mode, ...from } = refreshArguments(options);
    const requester = arriving(from.requester);
    const { tokenRefresh, formerTokens } = this.parts;
    const former = await formerTokens?.refresh({ value: refreshToken, mode, idempotencyKey, requester });
    if (former) return former;
    return tokenRefresh.refresh(refreshToken, idempotencyKey, requester, mode);
  }

  /**
   * Records that the subject authenticated once more (a second factor, the password again). The sign-in gets a new secret, so
   * a copy of the former one is worthless; `methods` and the time of authentication are those of now. Send the result to the
   * client as after a sign-in.
   *
   * @throws RefreshTokenInvalidError or SessionInvalidError when the credential has ended, or is another subject's.
   * @throws SessionExpiredError when the session is past a limit.
   * @throws TypeError for a wrong argument.
   * @throws StoreUnavailableError when a store or the user directory cannot answer.
   * @example
   * ```ts
   * import type { AuthenticationService, Principal } from 'nestjs-aerie';
   *
   * export const afterTotp = (auth: AuthenticationService, user: Principal, session: string) =>
   *   auth.stepUp(user.id, { session }, ['pwd', 'otp']);
   * ```
   */
  async stepUp(
    subject: SubjectId,
    credential: KeptCredential,
    methods: readonly string[],
    requester?: Requester,
  ): Promise<SignInResult> {
    const who = subjectArgument(subject);
    const held = heldArgument(credential, 'credential');
    const proved = methodsArgument(methods);
    const arrived = arriving(requesterArgument(requester));
    const { authenticator, stepUp } = this.parts;
    const proof = { subject: who, methods: proved, requester: arrived };
    if ('refreshToken' in held) return stepUp.tokens(proof, held.refreshToken, held.mode ?? 'tokens');
    const principal = await authenticator.session(held.session);
    if (principal.id !== who) throw new SessionInvalidError();
    return stepUp.session(proof, principal.signInId, authenticator.secretHashOf(principal));
  }

  private refused(
    reason: 'disabled' | 'changed_meanwhile',
    { ip, userAgent }: Requester,
  ): CredentialsInvalidError {
    this.parts.events.record({ type: 'sign_in_refused', reason, ip, userAgent });
    return new CredentialsInvalidError();
  }
}

/** A subject that was loaded earlier is loaded again: the application may have changed it without telling us. */
function isFresh({ loadedAt }: PasswordProof): boolean {
  return performance.now() - loadedAt < PROOF_FRESH_MS;
}
