/**
 * What a link or a code is for. `proving`: its holder reads the mailbox; a change of password, address or factor ends it.
 * `rescue`: it undoes a change; no later change ends it.
 */
export const ACTION_PURPOSES = {
  'verify-email': 'proving',
  reset: 'proving',
  'sign-in': 'proving',
  'email-confirm': 'proving',
  'email-undo': 'rescue',
  'not-me': 'rescue',
} as const satisfies Record<string, 'proving' | 'rescue'>;

/** The purpose of an action token. A token of one purpose is never good for another. */
export type ActionPurpose = keyof typeof ACTION_PURPOSES;

/** An action token as the table has it. Instants are epoch milliseconds of the store's clock. */
export interface ActionTokenRow {
  readonly id: string;
  readonly purpose: ActionPurpose;
  readonly subject: string;
  /** Of a proving token: the subject's credential version when it was made. Null for a rescue token. */
  readonly credentialVersion: number | null;
  /** Of a rescue token: the change that it undoes. Null for a proving token. */
  readonly binding: string | null;
  /** Keyed hash of the text that it was made for, such as the address that it was sent to; null: none was given. */
  readonly contextHash: string | null;
  /** SHA-256 of the link's secret, in hex. */
  readonly secretHash: string;
  /** `code`: its mail has no link, so that only the code is good. */
  readonly kind: 'link' | 'code';
  /** Hash of the asker; null: anyone who holds the link may use it. */
  readonly askerHash: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** When it was used, or another one ended it; null: it is live until `expiresAt`. */
  readonly spentAt: number | null;
  /**
   * When the sweeper is to end the subject's sign-ins, because the request that used the token did not; null: nothing is owed.
   * Of a rescue token: until its deed is done, no proving token goes to another address. `NEVER_DUE`: it waits for its holder.
   */
  readonly endingDue: number | null;
}

/** A row, and what it is compared with, from one read. */
export interface ActionTokenReading {
  readonly row: ActionTokenRow;
  readonly now: number;
  /** The subject's credential version at the moment of reading. */
  readonly credentialVersionNow: number;
}

/** Whether a token may still be used. */
export function isUsable({ row, now, credentialVersionNow }: ActionTokenReading): boolean {
  const { spentAt, expiresAt, credentialVersion } = row;
  return (
    spentAt === null &&
    now < expiresAt &&
    (credentialVersion === null || credentialVersion === credentialVersionNow)
  );
}
