import type { RefreshTokenFamilyStore } from '../../refresh-tokens/refresh-token-family-store.js';
import type { RevocationEventKind } from '../../revocation/revocation-event.js';
import type { SessionStore } from '../../sessions/session-store.js';
import type { AuthStores } from '../../stores/auth-stores.js';
import type { SubjectEpochs } from '../../subjects/subject-store.js';

/**
 * A set of stores on trial, and the two things that no port does. Cases use fresh ids and subjects, so they may share
 * the tables, also with rows of former runs; but one set of tables is for one run at a time.
 */
export interface StoreHarness {
  readonly stores: AuthStores;

  /** Makes the sign-in `ms` older: every instant of its row moves back by that much, its limits included. */
  age(signInId: string, ms: number): void | Promise<void>;

  /** How many revocations there are of this kind for this sign-in id, or this subject. */
  announced(kind: RevocationEventKind, value: string): number | Promise<number>;
}

/** Gives the harness, whenever a case runs: a new one, or always the same. */
export type HarnessSource = () => StoreHarness | Promise<StoreHarness>;

/** The operations that cases of one store need beside the store. */
interface Surroundings {
  /** The subject's epochs; its row is made when there is none. */
  epochs(subject: string): Promise<SubjectEpochs>;
  /** Moves the subject's epoch and ends nothing, as a change of roles does. */
  advance(subject: string): Promise<void>;
  /** Moves the subject's epoch and ends all of its sign-ins, in one transaction. */
  endSubject(subject: string): Promise<void>;
  /** Moves the global epoch. */
  endEverything(): Promise<void>;
  /** How many revocations say that this sign-in has ended. */
  endingsAnnounced(signInId: string): Promise<number>;
  age(signInId: string, ms: number): Promise<void>;
}

export interface RefreshTokenFamilyStoreHarness extends Surroundings {
  readonly store: RefreshTokenFamilyStore;
}

export interface SessionStoreHarness extends Surroundings {
  readonly store: SessionStore;
  /** How many revocations say that this session has a new secret. */
  changesAnnounced(signInId: string): Promise<number>;
}

export function aroundFamilies(harness: StoreHarness): RefreshTokenFamilyStoreHarness {
  return { ...surroundings(harness), store: harness.stores.families };
}

export function aroundSessions(harness: StoreHarness): SessionStoreHarness {
  const changesAnnounced = async (id: string) => harness.announced('sign_in_changed', id);
  return { ...surroundings(harness), store: harness.stores.sessions, changesAnnounced };
}

function surroundings(harness: StoreHarness): Surroundings {
  const { subjects, registry } = harness.stores;
  return {
    epochs: (subject) => subjects.epochs(subject),
    advance: (subject) => registry.subjectChanged(subject),
    endSubject: async (subject) => void (await registry.endAll(subject, 'all_ended')),
    endEverything: () => registry.revokeEverything(),
    endingsAnnounced: async (id) => harness.announced('sign_in', id),
    age: async (id, ms) => harness.age(id, ms),
  };
}
