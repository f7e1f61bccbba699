import type { OpeningOutcome } from '../subjects/opening-outcome.js';
import type { DerivedSignIn } from '../subjects/given-sign-in.js';
import type { SignInLimit } from '../subjects/sign-in-limit.js';
import type { SubjectEpochs } from '../subjects/subject-store.js';

/**
 * What a process needs of a session. Instants are epoch milliseconds of the store's clock; `secretHash` is in hex.
 */
export interface SessionRow {
  readonly id: string;
  readonly secretHash: string;
  readonly subject: string;
  readonly subjectEpoch: number;
  readonly globalEpoch: number;
  readonly createdAt: number;
  readonly seenAt: number;
  readonly idleExpiresAt: number;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
  readonly authenticatedAt: number;
  readonly methods: readonly string[];
  readonly scopes: readonly string[] | null;
}

/** Everything that a store keeps of a session: its row, and the data that its owner may see. */
export interface SessionRecord extends SessionRow {
  readonly revokedReason: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly label: string | null;
}

/**
 * A session, the global epoch and the store's clock, from one read.
 */
export interface SessionReading {
  /** Why it ended is for operators: a store may leave it out. */
  readonly row: SessionRow & Partial<Pick<SessionRecord, 'revokedReason' | 'ip' | 'userAgent'>>;
  readonly globalEpochNow: number;
  /** The store's clock, epoch milliseconds. */
  readonly now: number;
}

/**
 * A session to open; the store's clock gives its instants.
 */
export interface NewSession extends DerivedSignIn {
  readonly id: string;
  readonly secretHash: string;
  readonly epochs: SubjectEpochs;
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

/** A session's new secret, in exchange for the one that was presented. */
export interface SessionRenewal {
  readonly id: string;
  readonly secretHash: string;
  readonly nextSecretHash: string;
  /** Null: the sign-in keeps the time and the methods of its authentication. */
  readonly authenticated: { readonly methods: readonly string[] } | null;
}

/** The application's own data of a session. */
export interface SessionDataReading {
  /** JSON text of at most 65,535 bytes; null: none. */
  readonly data: string | null;
  /** 0 before the first write. */
  readonly version: number;
}

/**
 * Data that replaces the data of this `version`.
 */
export interface SessionDataWrite extends SessionDataReading {
  readonly id: string;
}

/** `moved`: the version is another one. `ended`: there is no live session with this id. In both cases nothing was written. */
export type SessionDataOutcome = 'written' | 'moved' | 'ended';

/**
 * Where sessions live: the table of record. Every method throws StoreUnavailableError when it cannot answer, and
 * has then changed nothing, or changed what its answer would have said.
 */
export abstract class SessionStore {
  /**
   * Inserts the session if and only if the subject's epoch is still the one given, atomic against `advance`, and its limit
   * has room, atomic against every other opening of the subject, of either kind. With a limit: lock the subject for oneself
   * alone, then its sessions and its families, then end and announce what `evictionsFor` says, in the same transaction.
   */
  abstract open(session: NewSession): Promise<OpeningOutcome>;

  /** The row, without the application's data: it is asked for with every request. */
  abstract read(id: string): Promise<SessionReading | null>;

  /** Writes an activity at the instant `at`; never backwards, and never on a session that has ended or idled out. */
  abstract touch(id: string, at: number, idleExpiresAt: number): Promise<void>;

  /** Exchanges the secret, if the one presented is still right and the session lives. Whether it did. */
  abstract renew(renewal: SessionRenewal): Promise<boolean>;

  /** Ends a session and announces it, in one step. Whether it was live (and of this subject, where one is given). */
  abstract revoke(id: string, reason: string, subject?: string): Promise<boolean>;

  /** The application's data of a live session; null when it has ended, has passed a limit or is not there. */
  abstract readData(id: string): Promise<SessionDataReading | null>;

  /**
   * Replaces the data and adds 1 to the version, if it is still the one given and the session lives: in one guarded
   * statement, or under the row's lock, so that no write is lost and none revives a session.
   */
  abstract writeData(write: SessionDataWrite): Promise<SessionDataOutcome>;

  /** Deletes up to `limit` sessions past their absolute limit; how many it deleted. */
  abstract sweep(limit: number): Promise<number>;
}
