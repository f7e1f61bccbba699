/**
 * What a revocation says: one is written with each change, in its transaction, for those who follow the changes
 * rather than ask.
 * - `sign_in`: the family or session of this id has ended
 * - `sign_in_changed`: the session of this id has a new secret
 * - `subject_stale`: the subject has a new epoch
 * - `everything`: there is a new global epoch; its value is empty
 * - `token`: the token of this id (`jti`) was revoked
 * - `client`: the service client has a new epoch
 * - `keys`: every signing key was replaced, and what the former ones signed is no longer good; its value is empty
 */
export type RevocationEventKind =
  'sign_in' | 'sign_in_changed' | 'subject_stale' | 'everything' | 'token' | 'client' | 'keys';

/** One revocation, as those who follow the changes read it. Instants are epoch milliseconds of the store's clock. */
export interface RevocationEvent {
  /** Given in the order in which revocations were begun, which need not be that of their commits; never given twice. */
  readonly id: number;
  readonly kind: RevocationEventKind;
  /** A sign-in id, a subject, a token's id or a client's; empty for `everything` and `keys`. */
  readonly value: string;
  /** The new epoch of a subject or a client, or the new global one; else null. */
  readonly epoch: number | null;
  readonly createdAt: number;
  /** When it can matter no more: no access token and no cached record lives longer. */
  readonly expiresAt: number;
}

/** A revocation of this process's own, as it is known when its transaction has committed. */
export interface OwnRevocationEvent extends Pick<RevocationEvent, 'kind' | 'value' | 'epoch'> {
  /** How long it can matter. */
  readonly lifeMs: number;
}
