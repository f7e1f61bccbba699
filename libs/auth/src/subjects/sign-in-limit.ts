/** How many live sign-ins a subject may have, sessions and families together, and what becomes of one too many. */
export interface SignInLimit {
  readonly max: number;
  /** `refuse`: it does not begin. `end-oldest`: the oldest ones end for it. */
  readonly policy: 'refuse' | 'end-oldest';
  /** Ids of sign-ins that the new one replaces: not counted, and left for the caller to end. Default none. */
  readonly replacing?: readonly string[];
}

/** A sign-in of either kind, as far as its subject's limit is concerned. */
export interface CountedSignIn {
  readonly id: string;
  readonly globalEpoch: number;
  readonly createdAt: number;
  readonly idleExpiresAt: number;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
}

/** The sign-ins that must end before one more sign-in of the subject begins. */
export interface ConcurrentSignIns<Row> {
  /** Those that the limit ends, the oldest first: for the reason `displaced`. */
  readonly displaced: readonly Row[];
  /** Not counted, and not dead for good: activity from before the limit may still be written. For the reason `idled_out`. */
  readonly idledOut: readonly Row[];
}

/**
 * Makes room for one more sign-in under a limit, given all sessions and families of its subject, which the store holds
 * locked beside the subject itself. `globalEpoch`: that of the new sign-in; what began below it is dead. Null: there is no
 * room, and nothing may be written. Pure.
 */
export function evictionsFor<Row extends CountedSignIn>(
  rows: readonly Row[],
  limit: SignInLimit,
  globalEpoch: number,
  now: number,
): ConcurrentSignIns<Row> | null {
  const current = rows.filter((row) => row.globalEpoch >= globalEpoch);
  const live = current
    .filter((row) => isLive(row, now) && !limit.replacing?.includes(row.id))
    .sort(oldestFirst);
  const idledOut = current.filter(
    (row) => row.revokedAt === null && now >= row.idleExpiresAt && now < row.expiresAt,
  );
  if (live.length < limit.max) return { displaced: [], idledOut };
  if (limit.policy !== 'end-oldest') return null;
  return { displaced: live.slice(0, live.length - limit.max + 1), idledOut };
}

function oldestFirst(a: CountedSignIn, b: CountedSignIn): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}

/** Whether a sign-in has neither ended nor passed a limit, at an instant of the store's clock. */
export function isLive(
  row: { readonly revokedAt: number | null; readonly idleExpiresAt: number; readonly expiresAt: number },
  now: number,
): boolean {
  return row.revokedAt === null && now < row.idleExpiresAt && now < row.expiresAt;
}
