/**
 * What a sign-in is made of when its secret is derived: every node that derives it again hands out the same sign-in. Without
 * it, id and secret are random, and the person authenticated just now.
 */
export interface GivenSignIn {
  /** A random UUID. */
  readonly id: string;
  /** 32 bytes that cannot be known outside. */
  readonly secret: Buffer;
  /** When the person authenticated, in epoch milliseconds; 0: not known. */
  readonly authenticatedAt: number;
}
