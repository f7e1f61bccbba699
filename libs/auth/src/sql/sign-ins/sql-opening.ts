import type { SqlTransaction } from '../database/sql-database.js';
import type { SignInLimit } from '../../subjects/sign-in-limit.js';
import type { SubjectEpochs } from '../../subjects/subject-store.js';
import type { DerivedSignIn } from '../../subjects/given-sign-in.js';
import type { SqlLinkedSignIns } from './sql-linked-sign-ins.js';
import type { SqlSubjectStore } from '../stores/sql-subject-store.js';

/** Ends what must end for one more sign-in, as part of a transaction that holds the subject's lock; null: it may not begin. */
export type MakeRoom = (
  epochs: SubjectEpochs,
  limit: SignInLimit,
) => SqlTransaction<{ readonly ended: readonly string[]; readonly now: number | null } | null>;

/** What decides whether a sign-in may be opened. */
interface Opening extends DerivedSignIn {
  readonly epochs: SubjectEpochs;
  readonly limit: SignInLimit | null;
}

export type Admission =
  | { readonly opened: true; readonly now: number; readonly ended: readonly string[] }
  | { readonly opened: false; readonly reason: 'changed' | 'limit' };

/**
 * How every opening of a sign-in begins: under the lock of its subject, which is shared where nothing is counted. With a
 * limit it is exclusive: two that count at the same time would both find room for one.
 */
export class SqlOpening {
  constructor(
    private readonly subjects: SqlSubjectStore,
    private readonly makeRoom: MakeRoom,
    private readonly linked: SqlLinkedSignIns,
  ) {}

  *admitting({ epochs, limit, origin }: Opening): SqlTransaction<Admission> {
    const { held, now } = yield* this.subjects.holds(epochs, limit ? 'exclusive' : 'shared');
    const isAdmitted = held && (!origin || (yield* this.linked.admitting(epochs.subject, origin)));
    if (!isAdmitted) return { opened: false, reason: 'changed' };
    if (!limit) return { opened: true, now, ended: [] };
    const room = yield* this.makeRoom(epochs, limit);
    if (!room) return { opened: false, reason: 'limit' };
    // By the clock after the wait for the lock, so that the oldest are those that were let in first.
    return { opened: true, now: room.now ?? now, ended: room.ended };
  }

  /** The sign-in was inserted. */
  *inserted(
    { id, expiresAt }: { readonly id: string; readonly expiresAt: number },
    { origin }: Opening,
  ): SqlTransaction<void> {
    if (origin) yield* this.linked.links!.opened(id, expiresAt, origin);
  }
}
