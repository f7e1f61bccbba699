import { type SubjectVersions, SubjectStore } from '../../subjects/subject-store.js';
import type { Clock } from '../../time/clock.js';

/** SubjectStore in memory, for tests and as a reference. */
export class MemorySubjectStore extends SubjectStore {
  private readonly bySubject = new Map<string, number>();
  private readonly credentials = new Map<string, number>();
  private global = 0;

  constructor(private readonly clock: Pick<Clock, 'now'>) {
    super();
  }

  async find(subject: string): Promise<SubjectVersions | null> {
    const epoch = this.bySubject.get(subject);
    return epoch === undefined ? null : this.versions(subject, epoch);
  }

  async epochs(subject: string): Promise<SubjectVersions> {
    const epoch = this.bySubject.get(subject) ?? this.clock.now();
    this.bySubject.set(subject, epoch);
    return this.versions(subject, epoch);
  }

  private versions(subject: string, epoch: number): SubjectVersions {
    const credentialVersion = this.credentialVersionOf(subject);
    return { subject, epoch, globalEpoch: this.global, credentialVersion };
  }

  /** The version of the subject's credentials; 0 when it has no row. */
  credentialVersionOf(subject: string): number {
    return this.credentials.get(subject) ?? 0;
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

  /** Moves the version of the subject's credentials forward. The caller advances its epoch in the same step. */
  advanceCredentials(subject: string): void {
    this.credentials.set(subject, Math.max(this.credentialVersionOf(subject) + 1, this.clock.now()));
  }

  /** Erases the subject's row. */
  erase(subject: string): void {
    this.credentials.delete(subject);
    this.bySubject.delete(subject);
  }

  /** Moves the global epoch forward, and gives it. */
  advanceGlobal(): number {
    return (this.global = Math.max(this.global + 1, this.clock.now()));
  }
}
