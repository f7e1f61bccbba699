import type { SessionRow } from './session-store.js';

/** The session that a principal was made of, as it was then: for connections, which outlive the request. */
export interface SessionOfPrincipal extends Pick<
  SessionRow,
  'id' | 'subject' | 'secretHash' | 'globalEpoch' | 'idleExpiresAt' | 'expiresAt'
> {
  /** The subject's epoch, as far as it was known when its loading began. */
  readonly subjectEpoch: number;
  /** By the monotonic clock. */
  readonly madeAt: number;
}

const sessions = new WeakMap<object, SessionOfPrincipal>();

/** Notes what a principal was made of. */
export function noteSession(principal: object, row: Omit<SessionOfPrincipal, 'madeAt'>): void {
  const { id, subject, secretHash, globalEpoch, idleExpiresAt, expiresAt, subjectEpoch } = row;
  const limits = { idleExpiresAt, expiresAt };
  const madeAt = performance.now();
  sessions.set(principal, { id, subject, secretHash, globalEpoch, ...limits, subjectEpoch, madeAt });
}

/** The session that a principal was made of; `undefined` for one that no session of this process gave. */
export function sessionOf(principal: object): SessionOfPrincipal | undefined {
  return sessions.get(principal);
}
