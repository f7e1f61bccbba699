/** Which cached records of sign-ins a call has made old. */
export interface Invalidated {
  /** Every record, on this node: the call ended sign-ins whose ids are not known. */
  readonly all?: boolean;
  readonly sessions?: readonly string[];
  readonly families?: readonly string[];
}

/** What a call of a store's method changes for the rest of the process. An empty entry: nothing. */
export interface StoreCall<Args extends readonly unknown[], Outcome> {
  /** Whether the call revoked something, by its outcome. */
  readonly revokes?: (outcome: Outcome) => boolean;
  /** The records to invalidate after the call. Without an outcome it failed, perhaps after the change was made. */
  readonly invalidates?: (outcome: Outcome | undefined, ...args: Args) => Invalidated;
  /** The subject whose records are all to be invalidated after the call; null: the change is not committed yet. */
  readonly invalidatesSubject?: (...args: Args) => string | null;
}

/** One entry for each method of a port: a method without one does not compile. */
export type StoreCalls<Port> = {
  readonly [Method in keyof Port]-?: Port[Method] extends (...args: infer Args) => Promise<infer Outcome>
    ? StoreCall<Args, Outcome>
    : never;
};
