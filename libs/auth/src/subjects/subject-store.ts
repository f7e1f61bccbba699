/** The versions that a sign-in is opened under. */
export interface SubjectEpochs {
  readonly subject: string;
  readonly epoch: number;
  readonly globalEpoch: number;
}

/** All versions of a subject. */
export interface SubjectVersions extends SubjectEpochs {
  /**
   * Moves with each change of credentials (`SignInRegistry.credentialsChanged`) and with nothing else, never backwards. 0
   * before the first one.
   */
  readonly credentialVersion: number;
}

/** The subjects' rows: versions and locks. Throws StoreUnavailableError. */
export abstract class SubjectStore {
  /** The subject's versions, in one read; null when the subject has no row. */
  abstract find(subject: string): Promise<SubjectVersions | null>;

  /** The same; the subject's row is made when there is none. */
  abstract epochs(subject: string): Promise<SubjectVersions>;
}
