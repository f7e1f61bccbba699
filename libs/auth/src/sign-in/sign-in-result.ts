import type { Principal } from '../principal/principal.js';

/** A session was opened, or its secret exchanged. */
export interface SessionResult {
  readonly mode: 'session';
  readonly principal: Principal;
  /** The cookie's value. */
  readonly sessionToken: string;
  readonly expiresAt: Date;
  readonly idleExpiresAt: Date;
}

/** A family was opened, or a token of it exchanged. */
export interface TokensResult {
  readonly mode: 'tokens' | 'hybrid';
  readonly principal: Principal;
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly refreshToken: string;
  /** Seconds until the refresh token is of no use, if it is not used. */
  readonly refreshExpiresIn: number;
}

/**
 * The result of a sign-in: a session, or an access token and a refresh token. `mode` tells which.
 */
export type SignInResult = SessionResult | TokensResult;

/** A session as it is handed out. */
export function sessionResult(
  principal: Principal,
  { expiresAt, idleExpiresAt }: { readonly expiresAt: number; readonly idleExpiresAt: number },
  sessionToken: string,
): SessionResult {
  const limits = { expiresAt: new Date(expiresAt), idleExpiresAt: new Date(idleExpiresAt) };
  return { mode: 'session', principal, sessionToken, ...limits };
}
