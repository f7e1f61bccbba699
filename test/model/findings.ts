/** An invariant that did not hold, and what was seen. */
export interface Breach {
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6';
  readonly text: string;
}

/**
 * What came of one schedule under one rule. The four counts of the table:
 *
 * - `falseLogout`: a presentation by an honest client that I2 covers (the current token; its parent within the replay
 *   window and before the successor was rotated; its parent with its key within `lateRetry`) revoked the family,
 *   and no thief had presented anything before. A rule that signs out a thief's victim is not blamed for it.
 * - `silentTheft`: the thief was handed a token for a superseded one outside what I2 covers; or, after the epilogue,
 *   the thief and an honest client hold different tokens and both go on with them, used in turn, further apart than
 *   the window.
 * - `acceptedAfterRevocation`: a token of a family that had been revoked was exchanged; or a sign-in whose password
 *   was checked before "revoke all" was opened after it.
 * - `outsideThePromise`: no thief had presented anything, and an honest client's presentation that I2 does not cover
 *   revoked the family (a retry after the window without its key; a request overtaken by two rotations).
 *
 * "In time" is by the database's clock, which alone decides: it wrote when a token was exchanged, and all processes share
 * it. A clock that was put forward past the window in between makes an honest retry late, and that is counted as
 * `outsideThePromise` too: nothing that a server sees tells such a jump from time that passed, and to forgive
 * the one would be to give a thief the other. What must hold under any jump is the thief's side: no second chain, and
 * nothing accepted after revocation.
 */
export interface Findings {
  readonly falseLogout: boolean;
  readonly silentTheft: boolean;
  readonly acceptedAfterRevocation: boolean;
  readonly outsideThePromise: boolean;
  /** A thief has presented something. */
  readonly thiefActed: boolean;
  readonly breaches: readonly Breach[];
}

export const NO_FINDINGS: Findings = {
  falseLogout: false,
  silentTheft: false,
  acceptedAfterRevocation: false,
  outsideThePromise: false,
  thiefActed: false,
  breaches: [],
};
