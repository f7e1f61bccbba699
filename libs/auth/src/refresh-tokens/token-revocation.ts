import { isLive } from '../subjects/sign-in-limit.js';

/** Revoked access tokens of one family that still matter. For one more, the family ends: a list has a bound. */
export const MAX_REVOKED_TOKENS = 20;
/** Why a family ended that had too many. */
export const TOO_MANY_REVOKED = 'too_many_revoked_tokens';

/** An access token that is to end alone. */
export interface TokenRevocation {
  readonly familyId: string;
  readonly subject: string;
  /** `jti`: 1 to 255 printable ASCII characters without a space. */
  readonly tokenId: string;
}

/**
 * What became of it. `revoked`: the token has ended by this call. `revoked_before`: it had ended. `family_ended`: its family had
 * `MAX_REVOKED_TOKENS`, and has ended with it. `not_live`: the family has ended, is another subject's, or is not there.
 */
export type TokenRevocationOutcome = 'revoked' | 'revoked_before' | 'family_ended' | 'not_live';

/** The row of a family, as far as the revocation of one of its tokens is concerned. */
export interface RevokedTokensRow {
  readonly subject: string;
  readonly idleExpiresAt: number;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
  /** Each is the instant until which it matters, a colon, and the token's id. Null or left out: none was ever revoked. */
  readonly revokedTokens?: readonly string[] | null;
}

const ID = /^[\x21-\x7e]{1,255}$/;

/** Whether a token of this id can be revoked by itself. */
export function isTokenId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

/** The ids in a family's list. */
export function revokedTokenIds(list: readonly string[] | null | undefined): readonly string[] {
  return list?.map((entry) => entry.slice(entry.indexOf(':') + 1)) ?? [];
}

/**
 * What a store does with the family's row, which it holds locked. `list`: the new list, to be written with a revocation of the
 * kind `token`; null: it stays. With `family_ended` the store ends the family for `TOO_MANY_REVOKED`, and writes a revocation
 * of the kind `sign_in`. `lifeMs`: how long a revocation matters. Pure.
 */
export function tokenRevocationTransition(
  row: RevokedTokensRow | null,
  { subject, tokenId }: TokenRevocation,
  now: number,
  lifeMs: number,
): { readonly outcome: TokenRevocationOutcome; readonly list: readonly string[] | null } {
  if (row?.subject !== subject || !isLive(row, now)) return { outcome: 'not_live', list: null };
  const known = row.revokedTokens ?? [];
  if (revokedTokenIds(known).includes(tokenId)) return { outcome: 'revoked_before', list: null };
  const current = known.filter((entry) => Number(entry.slice(0, entry.indexOf(':'))) > now);
  if (current.length >= MAX_REVOKED_TOKENS) return { outcome: 'family_ended', list: null };
  return { outcome: 'revoked', list: [...current, `${now + lifeMs}:${tokenId}`] };
}
