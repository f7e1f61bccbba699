import { type SubjectEpochs, SubjectStore } from '../../subjects/subject-store.js';
import type { Clock } from '../../time/clock.js';

/** SubjectStore in memory, for tests and as a reference. */
export class MemorySubjectStore extends SubjectStore {
  private readonly bySubject = new Map<string, number>();
  private global = 0;

  constructor(private readonly clock: Pick<Clock, 'now'>) {
    super();
  }

  async find(subject: string): Promise<SubjectEpochs | null> {
    const epoch = this.bySubject.get(subject);
    return epoch === undefined ? null : { subject, epoch, globalEpoch: this.global };
  }

  async epochs(subject: string): Promise<SubjectEpochs> {
    const epoch = this.bySubject.get(subject) ?? this.clock.now();
    this.bySubject.set(subject, epoch);
    return { subject, epoch, globalEpoch: this.global };
  }

  /** The subject's present epoch; null when it has no row. */
  epochOf(subject: string): number | null {
    return this.bySubject.get(subject) ?? null;
  }

  get globalEpoch(): number {
    return this.global;
  }

  /** Moves the subject's epoch forward, and gives it. */
  advance(subject: string): number {
    const epoch = Math.max((this.bySubject.get(subject) ?? 0) + 1, this.clock.now());
    this.bySubject.set(subject, epoch);
    return epoch;
  }

  /** Erases the subject's row. */
  erase(subject: string): void {
    this.bySubject.delete(subject);
  }

  /** Moves the global epoch forward, and gives it. */
  advanceGlobal(): number {
    return (this.global = Math.max(this.global + 1, this.clock.now()));
  }
}
