import type { Principal } from '../../principal/principal.js';
import { FormerTokens } from '../../sign-in/former-tokens.js';
import type { ProvenSignIn } from '../../sign-in/sign-out.js';
import type { HttpRequest } from '../http-request.js';

/**
 * Credentials of what signed people in before us, which an application accepts for a while: at first sight they open a
 * sign-in of ours. A feature provides it. All methods throw StoreUnavailableError.
 */
export abstract class FormerCredentials extends FormerTokens {
  /** Names of cookies that hold a former refresh token. */
  abstract readonly refreshCookies: readonly string[];

  /** Whether a request has a cookie that may hold a former session. No query. */
  abstract isHeldBy(request: HttpRequest): boolean;

  /**
   * The principal of the session that a former one opens, whose cookie is then on `response`; `undefined` when nothing is
   * opened. The caller has checked that no credential of ours was presented, and the request's origin.
   */
  abstract signIn(request: HttpRequest, response: unknown): Promise<Principal | undefined>;

  /** The client presents a session of ours: what it presents beside it is spent. Never waits, never throws. */
  abstract received(request: HttpRequest): void;

  /** The sign-ins that the former cookies of a request have opened. */
  abstract openedBy(request: HttpRequest, kind: 'session' | 'tokens'): Promise<readonly ProvenSignIn[]>;

  /** The former credentials in a request's cookies open nothing from now on. They stay as they are where they are kept. */
  abstract spend(request: HttpRequest): Promise<void>;

  /** Ends the former credentials of a request, where they are kept too, and the sign-ins that they opened. */
  abstract end(request: HttpRequest, tokenInBody: string | undefined): Promise<void>;
}
