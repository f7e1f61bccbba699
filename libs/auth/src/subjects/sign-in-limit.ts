/** How many live sign-ins a subject may have, sessions and families together, and what becomes of one too many. */
export interface SignInLimit {
  readonly max: number;
  /** `refuse`: it does not begin. `end-oldest`: the oldest ones end for it. */
  readonly policy: 'refuse' | 'end-oldest';
  /** Ids of sign-ins that the new one replaces: not counted, and left for the caller to end. Default none. */
  readonly replacing?: readonly string[];
}
