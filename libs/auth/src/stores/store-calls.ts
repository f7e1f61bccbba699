import type { RotationAttempt } from '../refresh-tokens/refresh-token-family-store.js';
import type { OpeningOutcome } from '../subjects/opening-outcome.js';
import type { AuthStores } from './auth-stores.js';
import type { Invalidated, StoreCalls } from './store-call.js';

/** The members of AuthStores that are ports. Its other members are methods. */
export type StorePort = {
  [Member in keyof AuthStores]: AuthStores[Member] extends (...args: never) => unknown ? never : Member;
}[keyof AuthStores];

const always = (): boolean => true;
const isTrue = (outcome: boolean): boolean => outcome === true;
/** Sign-ins that the subject's limit has ended for the new one, of either kind. A custom store may leave them out. */
const endedFor = (outcome: OpeningOutcome | undefined): readonly string[] => {
  const { ended } = (outcome ?? {}) as { ended?: unknown };
  return Array.isArray(ended) ? (ended as string[]) : [];
};
const isReuse = (outcome: { readonly kind: string } | undefined): boolean => outcome?.kind === 'reused';

const opening = {
  revokes: (outcome: OpeningOutcome): boolean => endedFor(outcome).length > 0,
  invalidates: (outcome: OpeningOutcome | undefined): Invalidated => {
    const ids = outcome?.opened ? endedFor(outcome) : [];
    return { sessions: ids, families: ids };
  },
};
/** `false`: the sign-in did not change. */
const unlessFalse = (outcome: boolean | undefined, changed: Invalidated): Invalidated =>
  outcome === false ? {} : changed;
/** A reuse may have ended the subject: the ids of its sign-ins are not known any more. */
const reuseEnded = (
  outcome: { readonly kind: string } | undefined,
  { onReuse }: RotationAttempt,
): Invalidated => ({
  all: onReuse === 'revoke-subject' && isReuse(outcome),
});
const ofSubject = { revokes: always, invalidatesSubject: (subject: string): string => subject };

/** What each call of each port revokes, and which cached records it invalidates. */
export const STORE_CALLS: { readonly [Port in StorePort]: StoreCalls<AuthStores[Port]> } = {
  subjects: { find: {}, epochs: {} },
  sessions: {
    open: opening,
    read: {},
    touch: {},
    renew: { revokes: isTrue, invalidates: (renewed, { id }) => unlessFalse(renewed, { sessions: [id] }) },
    revoke: { revokes: isTrue, invalidates: (revoked, id) => unlessFalse(revoked, { sessions: [id] }) },
    readData: {},
    writeData: {},
    sweep: {},
  },
  families: {
    open: opening,
    read: {},
    rotate: {
      revokes: isReuse,
      invalidates: (outcome, attempt) => ({
        ...reuseEnded(outcome, attempt),
        families: !outcome || isReuse(outcome) ? [attempt.familyId] : [],
      }),
    },
    rekey: {
      revokes: isReuse,
      invalidates: (outcome, attempt) => ({
        ...reuseEnded(outcome, attempt),
        families: [attempt.familyId],
      }),
    },
    revoke: { revokes: isTrue, invalidates: (revoked, id) => unlessFalse(revoked, { families: [id] }) },
    revokeToken: {
      revokes: (outcome) => outcome === 'revoked' || outcome === 'family_ended',
      invalidates: (outcome, { familyId }) => (outcome === 'not_live' ? {} : { families: [familyId] }),
    },
    sweep: {},
  },
  registry: {
    list: {},
    endAll: ofSubject,
    credentialsChanged: ofSubject,
    // A record lives on during a transaction of the host application: nothing has changed before it is committed.
    subjectChanged: {
      revokes: always,
      invalidatesSubject: (changed, host) => (host ? null : changed),
    },
    forget: ofSubject,
    revokeEverything: { revokes: always, invalidates: () => ({ all: true }) },
    sweep: {},
  },
  lookup: { find: {} },
  revocations: { readAfter: {}, readOf: {} },
};
