import type { ReuseCause } from '../audit/security-event.js';
import type { OpeningOutcome } from '../subjects/opening-outcome.js';
import type { DerivedSignIn } from '../subjects/given-sign-in.js';
import type { SignInLimit } from '../subjects/sign-in-limit.js';
import type { SubjectEpochs } from '../subjects/subject-store.js';
import type { FamilyState, Presentation, RotationRules } from './rotation-decision.js';
import type { TokenRevocation, TokenRevocationOutcome } from './token-revocation.js';

/** A family's row, as a port speaks of it. */
export interface FamilyRow extends FamilyState {
  readonly id: string;
  readonly subject: string;
  readonly subjectEpoch: number;
  readonly globalEpoch: number;
  readonly salt: string;
  readonly foreignReplays: number;
  readonly foreignReplayGeneration: number | null;
  readonly createdAt: number;
  readonly revokedReason: string | null;
  readonly authenticatedAt: number;
  readonly methods: readonly string[];
  readonly scopes: readonly string[] | null;
  readonly ip: string | null;
  readonly label: string | null;
}

/**
 * A family, the present epochs and the store's clock, from one read.
 */
export interface FamilyReading {
  readonly row: FamilyRow;
  /** The subject's present epoch; null when it has no row any more. */
  readonly subjectEpochNow: number | null;
  readonly globalEpochNow: number;
  /** The store's clock, epoch milliseconds. */
  readonly now: number;
}

/** A family to open; instants are left to the store's clock. */
export interface NewFamily extends DerivedSignIn {
  readonly id: string;
  readonly epochs: SubjectEpochs;
  readonly currentHash: string;
  readonly salt: string;
  readonly idleMs: number;
  readonly absoluteMs: number;
  readonly methods: readonly string[];
  readonly scopes: readonly string[] | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly label: string | null;
  /** Null: the subject may have any number of sign-ins. */
  readonly limit: SignInLimit | null;
  /** When the person authenticated, epoch milliseconds. Default: now, by the store's clock. */
  readonly authenticatedAt?: number;
}

/** A token that was presented, and what to do if it may be rotated. */
export interface RotationAttempt {
  readonly familyId: string;
  readonly subject: string;
  readonly presented: Presentation;
  readonly successorHash: string;
  readonly salt: string;
  readonly idleMs: number;
  readonly rules: RotationRules;
  readonly onReuse: 'revoke-family' | 'revoke-subject';
  readonly ip: string | null;
  /** Milliseconds since the request arrived: read when a statement is sent, so that waiting never ages a retry. */
  readonly waitedMs: () => number;
}

/** Where a family was last rotated from. */
export interface Holder {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/**
 * What became of a token that was presented to be rotated.
 */
export type RotationOutcome =
  | { readonly kind: 'rotated' }
  | { readonly kind: 'caught_up'; readonly distance: number }
  | {
      readonly kind: 'replayed';
      /** What the current token was derived with. */
      readonly salt: string;
      readonly currentHash: string;
      readonly idleExpiresAt: number;
      readonly ageMs: number;
      readonly holder: Holder;
      /** Generations running with a replay from another user agent, this one included. */
      readonly foreignReplays: number;
    }
  | { readonly kind: 'retried_late'; readonly idleExpiresAt: number; readonly ageMs: number }
  | { readonly kind: 'unknown' | 'revoked' | 'expired' | 'superseded' }
  | { readonly kind: 'desynchronised'; readonly distance: number }
  | {
      readonly kind: 'reused';
      readonly cause: ReuseCause;
      readonly distance: number;
      readonly ageMs: number;
      readonly holder: Holder;
    };

/** A family that takes the place of another one, whose refresh token was not shown. */
export interface FamilyReplacement {
  /** The id of the family that makes way. */
  readonly replaces: string;
  readonly subject: string;
  readonly id: string;
  readonly currentHash: string;
  readonly salt: string;
  readonly idleMs: number;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** A family's new token after a rise of privilege or a change of credentials: it owes nothing to its parent. */
export interface RekeyAttempt extends RotationAttempt {
  /** Null: the sign-in keeps when and how its person was authenticated. */
  readonly authenticated: { readonly methods: readonly string[] } | null;
}

/**
 * What became of a token that was presented for a new one that is not derived from it.
 */
export type RekeyOutcome =
  | Exclude<RotationOutcome, { kind: 'rotated' | 'replayed' | 'retried_late' | 'caught_up' }>
  | {
      readonly kind: 'rekeyed';
      readonly now: number;
      readonly idleExpiresAt: number;
      readonly row: FamilyRow;
    };

/**
 * Where families live. Every method throws StoreUnavailableError when the store cannot answer, and has then changed
 * nothing, or changed what its answer would have said.
 */
export abstract class RefreshTokenFamilyStore {
  /**
   * Inserts the family if and only if the subject's epoch is still the one given, atomic against `advance`, and its limit
   * has room, atomic against every other opening of the subject: as `SessionStore.open` does it.
   */
  abstract open(family: NewFamily): Promise<OpeningOutcome>;

  /** The row and the present epochs, in one read of the primary. Decides nothing. */
  abstract read(familyId: string): Promise<FamilyReading | null>;

  /**
   * Presents a token, in one atomic step: lock the row, read the store's clock, then write and answer what `rotationTransition`
   * says. The order matters: the row is as it is under the lock, and `attempt.waitedMs()`, read when the clock's statement
   * is sent, takes off what the request has waited since it arrived. Of any number of callers that present the current
   * token, exactly one gets `rotated`. A reuse has been revoked and announced, together, before it is returned, and only
   * the caller that revoked it hears `reused`.
   */
  abstract rotate(attempt: RotationAttempt): Promise<RotationOutcome>;

  /** Presents the current token to have it replaced by one of a new secret; the parent cannot be replayed afterwards. */
  abstract rekey(attempt: RekeyAttempt): Promise<RekeyOutcome>;

  /** Ends a family and announces it, in one step. Whether it was live (and of this subject, where one is given). */
  abstract revoke(familyId: string, reason: string, subject?: string): Promise<boolean>;

  /**
   * Ends one access token of a live family, and announces it by its id (`token`), in one atomic step: lock the row, then write
   * and answer what `tokenRevocationTransition` says. From then on `SignInLookup.find` names it.
   */
  abstract revokeToken(token: TokenRevocation): Promise<TokenRevocationOutcome>;

  /** Deletes up to `limit` families past their absolute limit, by the store's clock; how many it deleted. */
  abstract sweep(limit: number): Promise<number>;
}
