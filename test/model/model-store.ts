import { type FamilyRow, type RefreshTokenFamilyStore } from 'nestjs-aerie/stores';
import { MemoryRefreshTokenFamilyStore, type MemorySubjectStore } from 'nestjs-aerie/testing';

/** What the explorer needs of a store beside the port: revoke-all, and a way back to where a schedule forks. */
export interface ModelStore extends RefreshTokenFamilyStore {
  endSubject(subject: string, reason: string): void;
  /** How often the end of each family was announced. */
  readonly announced: readonly string[];
  save(): unknown;
  restore(saved: unknown): void;
}

/** A rule under test: how a store of its kind is made. */
export interface Rule {
  readonly name: string;
  store(subjects: MemorySubjectStore, clock: { now(): number }): ModelStore;
}

interface Saved {
  readonly rows: readonly (readonly [string, FamilyRow])[];
  readonly announced: number;
}

/** The reference implementation, unchanged; its rows are never altered in place, so a list of them is a snapshot. */
export class ReferenceStore extends MemoryRefreshTokenFamilyStore implements ModelStore {
  save(): Saved {
    return { rows: [...this.rows['rows']], announced: this['revocations']['written'].length };
  }

  restore({ rows, announced }: Saved): void {
    const own = this.rows['rows'];
    own.clear();
    for (const [id, row] of rows) own.set(id, row);
    this['revocations']['written'].length = announced;
  }
}

/** The rule of this package. */
export const OURS: Rule = {
  name: 'this package',
  store: (subjects, clock) => new ReferenceStore(subjects, clock),
};
