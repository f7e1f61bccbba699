/** What came of opening a sign-in under an epoch. Instants are epoch milliseconds of the store's clock. */
export type OpeningOutcome =
  | {
      readonly opened: true;
      readonly now: number;
      readonly idleExpiresAt: number;
      readonly expiresAt: number;
    }
  /** The subject changed since its epoch was read: nothing was written. */
  | { readonly opened: false };
