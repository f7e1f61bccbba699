import type { RefreshTokenFamilyStore } from '../refresh-tokens/refresh-token-family-store.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { SubjectEpochs } from '../subjects/subject-store.js';

/** What a contract needs to do around a store. Cases use fresh ids and subjects, and may share the tables. */
export interface StoreHarness {
  /** The subject's epochs; its row is made when there is none. */
  epochs(subject: string): Promise<SubjectEpochs>;

  /** Moves the subject's epoch and ends nothing, as a change of roles does. */
  advance(subject: string): Promise<void>;

  /** Moves the subject's epoch and ends all of its sign-ins, in one transaction. */
  endSubject(subject: string): Promise<void>;

  /** How many announcements say that this sign-in has ended. */
  endingsAnnounced(signInId: string): Promise<number>;

  /** Makes the sign-in `ms` older: every instant of its row moves back by that much, its limits included. */
  age(signInId: string, ms: number): Promise<void>;
}

export interface RefreshTokenFamilyStoreHarness extends StoreHarness {
  readonly store: RefreshTokenFamilyStore;
}

export interface SessionStoreHarness extends StoreHarness {
  readonly store: SessionStore;
  /** How many announcements say that this session has a new secret. */
  changesAnnounced(signInId: string): Promise<number>;
}
