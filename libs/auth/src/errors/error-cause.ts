/** What TypeScript calls `ErrorOptions`, which the library of ES2021 does not declare: applications compile for that. */
export interface ErrorCause {
  readonly cause?: unknown;
}
