import type { RotationAttempt } from '../refresh-tokens/refresh-token-family-store.js';
import type { Burying } from '../shared-cache/shared-cache.js';
import type { OpeningOutcome } from '../subjects/opening-outcome.js';
import type { SignInRecord } from './sign-in-record.js';
import type { GuardedStores } from './guarded-stores.js';

/** So many sign-ins of a subject a registry lists, the newest ones. */
const MAX_LISTED = 1_000;

/** Where the shared records of each kind of sign-in are invalidated; null where there are none. */
export interface InvalidatedCaches {
  readonly sessions: Burying | null;
  readonly families: Burying | null;
}

/**
 * The stores, with what ends or changes a sign-in invalidating its shared record before it returns: on this node no record of
 * before is believed afterwards, and on the others none as soon as they see the tombstone. It is done also when the
 * store fails: the change may have been made.
 */
export function cacheInvalidating(stores: GuardedStores, places: InvalidatedCaches): GuardedStores {
  const { sessions, families, registry } = stores;
  const one = async (place: Burying | null, id: string, became: unknown): Promise<void> => {
    if (became !== false) await place?.invalidate(id);
  };
  const everything = (): void => {
    places.families?.invalidateAll();
    places.sessions?.invalidateAll();
  };
  const all = async (signIns: readonly SignInRecord[]): Promise<void> => {
    // Those that were not listed have no tombstone; this node believes none of them all the same.
    if (signIns.length >= MAX_LISTED) everything();
    await Promise.all(
      signIns.map(({ id, kind }) => (kind === 'session' ? places.sessions : places.families)?.invalidate(id)),
    );
  };
  /** Those of the subject, told before the change: afterwards nobody knows them. The kept one changes as well. */
  const ofSubject = async <T>(subject: string, change: () => Promise<T>): Promise<T> => {
    const signIns = await registry.list(subject);
    return afterwards(change, () => all(signIns));
  };
  /** A reuse may have ended the subject: which sign-ins those were, nobody knows any more. */
  const ofReuse = ({ onReuse }: RotationAttempt, became: { readonly kind: string } | undefined): void => {
    if (onReuse === 'revoke-subject' && became?.kind === 'reused') everything();
  };
  /** What had to end to make room for a new sign-in: of either kind. */
  const ended = async (outcome: OpeningOutcome | undefined): Promise<void> => {
    const ids = outcome?.opened ? outcome.ended : [];
    await Promise.all(
      ids.flatMap((id) => [places.sessions?.invalidate(id), places.families?.invalidate(id)]),
    );
  };
  return {
    ...stores,
    sessions: overriding(sessions, {
      open: (session) => afterwards(() => sessions.open(session), ended),
      renew: (renewal) =>
        afterwards(
          () => sessions.renew(renewal),
          (became) => one(places.sessions, renewal.id, became),
        ),
      revoke: (id, reason, subject) =>
        afterwards(
          () => sessions.revoke(id, reason, subject),
          (became) => one(places.sessions, id, became),
        ),
    }),
    families: overriding(families, {
      open: (family) => afterwards(() => families.open(family), ended),
      rotate: (attempt) =>
        afterwards(
          () => families.rotate(attempt),
          (became) => {
            ofReuse(attempt, became);
            return one(places.families, attempt.familyId, became && became.kind === 'reused');
          },
        ),
      rekey: (attempt) =>
        afterwards(
          () => families.rekey(attempt),
          (became) => {
            ofReuse(attempt, became);
            return one(places.families, attempt.familyId, became);
          },
        ),
      revoke: (id, reason, subject) =>
        afterwards(
          () => families.revoke(id, reason, subject),
          (became) => one(places.families, id, became),
        ),
    }),
    registry: overriding(registry, {
      endAll: (subject, reason, except) => ofSubject(subject, () => registry.endAll(subject, reason, except)),
      credentialsChanged: (subject, reason, keep) =>
        ofSubject(subject, () => registry.credentialsChanged(subject, reason, keep)),
      forget: (subject) => ofSubject(subject, () => registry.forget(subject)),
      // Within a transaction of the host nothing has changed yet: records live on for as long as they may be old.
      subjectChanged: (subject, host) =>
        host
          ? registry.subjectChanged(subject, host)
          : ofSubject(subject, () => registry.subjectChanged(subject)),
      revokeEverything: () =>
        afterwards(
          () => registry.revokeEverything(),
          async () => everything(),
        ),
    }),
  };
}

/** Does something once a change was tried; `became` is `undefined` when it failed, perhaps after it was made. */
async function afterwards<T>(
  change: () => Promise<T>,
  then: (became: T | undefined) => Promise<void>,
): Promise<T> {
  let became: T | undefined;
  try {
    return (became = await change());
  } finally {
    await then(became);
  }
}

function overriding<Port extends object>(port: Port, methods: Partial<Port>): Port {
  return Object.assign(Object.create(port) as Port, methods);
}
