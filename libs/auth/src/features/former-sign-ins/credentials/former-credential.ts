import type { SubjectId } from '../../../principal/user-directory.js';

/** Whose a former credential is. */
export interface FormerOwner {
  readonly subject: SubjectId;
  /** When the person authenticated, as far as that is known. Default: long ago, so that whatever asks for a recent authentication asks again. */
  readonly authenticatedAt?: Date;
}

/**
 * A kind of credential that was handed out before AuthModule was there. `expressSession()` and `refreshJwt()` make one; an
 * application may write another one.
 *
 * @example
 * ```ts
 * import type { FormerCredential } from 'nestjs-aerie/former-sign-ins';
 *
 * declare const tokens: { ownerOf(hash: string): Promise<number | null>; remove(hash: string): Promise<void> };
 * declare const hashOf: (token: string) => string;
 *
 * // Random tokens of 43 characters, whose hashes are in a table.
 * export const opaqueTokens: FormerCredential = {
 *   name: 'opaque-token',
 *   opens: 'tokens',
 *   identify: (value) => (/^[\w-]{43}$/.test(value) ? value : undefined),
 *   async read(value) {
 *     const subject = await tokens.ownerOf(hashOf(value));
 *     return subject === null ? null : { subject };
 *   },
 *   end: (value) => tokens.remove(hashOf(value)),
 * };
 * ```
 */
export interface FormerCredential {
  /** For good: a part of what is kept of each one. Lower-case words with hyphens. */
  readonly name: string;
  /**
   * `session`: it comes by cookie, at any route, and opens a session of ours. `tokens`: it comes to the refresh route, in the
   * body or by cookie, and is exchanged for tokens of ours.
   */
  readonly opens: 'session' | 'tokens';
  /** The cookie that holds it; needed for `session`. Default: it comes in the body alone. */
  readonly cookie?: string;
  /**
   * What is the same for every form in which this credential may be presented, and for no other one; `undefined` for
   * anything else. Nothing is asked: a value that somebody made up should end here.
   */
  identify(value: string): string | undefined;
  /**
   * Whose it is; null when it has ended or expired. `now`: epoch milliseconds. What it throws is an outage, as is no answer in
   * five seconds: 503.
   */
  read(value: string, now: number): Promise<FormerOwner | null>;
  /** Ends it where it is kept, on a logout. Default: it is left alone, and stands as spent here. */
  end?(value: string): Promise<void>;
}
