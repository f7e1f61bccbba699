/** A link by which a sign-in opens another one, once. Instants are epoch milliseconds of the store's clock. */
export interface HandoverRow {
  readonly id: string;
  readonly subject: string;
  /** The sign-in that hands over. */
  readonly parentId: string;
  /** The sign-in that was opened; null: none yet. */
  readonly childId: string | null;
  /** SHA-256 of the secret, in hex. */
  readonly secretHash: string;
  /** Scopes that the new sign-in is narrowed to; null: those of its parent. */
  readonly scopes: readonly string[] | null;
  /** Where the browser goes then: a path of the application. */
  readonly target: string;
  readonly createdAt: number;
  /** Until when it can be opened; once it is, until when the new sign-in may live. */
  readonly expiresAt: number;
}

/** A handover to keep. */
export interface NewHandover extends Pick<
  HandoverRow,
  'id' | 'subject' | 'parentId' | 'secretHash' | 'scopes' | 'target'
> {
  /** How long it can be opened, in milliseconds. */
  readonly lifeMs: number;
}

/** A handover and the store's clock, from one read. */
export interface HandoverReading {
  readonly row: HandoverRow;
  readonly now: number;
}

/**
 * `from_child`: the sign-in was itself opened by a handover. `too_many`: it has handed itself over `MAX_CHILDREN` times, and what
 * it opened may still live.
 */
export type HandoverOutcome = 'kept' | 'from_child' | 'too_many';

/** The sign-ins of one parent that may live at a time. */
export const MAX_CHILDREN = 100;

/**
 * Which sign-ins hand themselves over, and what was opened from them. Throws StoreUnavailableError. The same store tells the
 * core of it (`linkSignIns`): a parent and its children live and end as one. Whatever ends the sign-ins of a subject deletes
 * its rows, but those of sign-ins that are spared.
 */
export abstract class HandoverStore {
  /** Keeps a handover, in place of one of the same parent that was not opened. Of several calls at once, one stays. */
  abstract keep(handover: NewHandover): Promise<HandoverOutcome>;

  abstract find(id: string): Promise<HandoverReading | null>;

  /** Deletes up to `limit` rows past their time; how many. */
  abstract sweep(limit: number): Promise<number>;
}
