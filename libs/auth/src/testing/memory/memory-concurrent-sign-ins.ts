import { type CountedSignIn, evictionsFor, type SignInLimit } from '../../subjects/sign-in-limit.js';
import type { SubjectEpochs } from '../../subjects/subject-store.js';
import type { Clock } from '../../time/clock.js';

/** As much of a kind of sign-in's rows as is counted and ended. */
interface CountedRows {
  of(subject: string): readonly CountedSignIn[];
  end(id: string, reason: string): void;
}

/** Makes room for one more sign-in, among the rows of every store that shares it. */
export class MemoryConcurrentSignIns {
  private readonly kinds: CountedRows[] = [];

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  counts(rows: CountedRows): void {
    this.kinds.push(rows);
  }

  /** Ids of those that it ended; null when there is no room. */
  make({ subject, globalEpoch }: SubjectEpochs, limit: SignInLimit | null): readonly string[] | null {
    if (!limit) return [];
    const all = this.kinds.flatMap((rows) => rows.of(subject));
    const room = evictionsFor(all, limit, globalEpoch, this.clock.now());
    if (!room) return null;
    for (const { id } of room.idledOut) this.end(id, 'idled_out');
    for (const { id } of room.displaced) this.end(id, 'displaced');
    return room.displaced.map(({ id }) => id);
  }

  private end(id: string, reason: string): void {
    for (const rows of this.kinds) rows.end(id, reason);
  }
}
