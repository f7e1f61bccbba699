/** The versions that a sign-in is opened under. */
export interface SubjectEpochs {
  readonly subject: string;
  readonly epoch: number;
  readonly globalEpoch: number;
}

/** The subjects' rows: versions and locks. Throws StoreUnavailableError. */
export abstract class SubjectStore {
  /** The subject's epoch and the global one, in one read; null when the subject has no row. */
  abstract find(subject: string): Promise<SubjectEpochs | null>;

  /** The same; the subject's row is made when there is none. */
  abstract epochs(subject: string): Promise<SubjectEpochs>;
}
