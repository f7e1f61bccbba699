/** The sign-in that another one hands itself over to, and what it is opened by. */
export interface SignInOrigin {
  /** The id of the sign-in that hands over: it is read under lock, and must be live. */
  readonly parent: string;
  /** What the feature that links sign-ins knows the handover by: `SignInLinks.isOpen` decides by it. */
  readonly link: string;
}

/** A sign-in's limits and origin, where it is opened from another one. */
export interface DerivedSignIn {
  /** It lives no longer than this, in epoch milliseconds of the store's clock. Default: its own absolute limit. */
  readonly notAfter?: number;
  /** Default: a person signed in. */
  readonly origin?: SignInOrigin;
}

/**
 * What a sign-in is made of when its secret is derived: every node that derives it again hands out the same sign-in. Without
 * it, id and secret are random, and the person authenticated just now.
 */
export interface GivenSignIn extends DerivedSignIn {
  /** A random UUID. */
  readonly id: string;
  /** 32 bytes that cannot be known outside. */
  readonly secret: Buffer;
  /** When the person authenticated, in epoch milliseconds; 0: not known. */
  readonly authenticatedAt: number;
}

/** What a store is told of it. */
export function derivedFrom({ authenticatedAt, notAfter, origin }: GivenSignIn): DerivedSignIn & {
  readonly authenticatedAt: number;
} {
  return { authenticatedAt, ...(notAfter !== undefined && { notAfter }), ...(origin && { origin }) };
}
