import type { InvalidatableCache } from '../shared-cache/shared-cache.js';
import type { GuardedStores } from './guarded-stores.js';
import { MAX_LISTED, type SignInRecord } from './sign-in-record.js';
import type { Invalidated, StoreCall, StoreCalls } from './store-call.js';
import { STORE_CALLS } from './store-calls.js';

/** Where the shared records of each kind of sign-in are invalidated; null where there are none. */
export interface InvalidatedCaches {
  readonly sessions: InvalidatableCache | null;
  readonly families: InvalidatableCache | null;
}

type Method = (...args: unknown[]) => Promise<unknown>;

/**
 * The stores, with what ends or changes a sign-in invalidating its shared record before it returns: on this node no record of
 * before is believed afterwards, and on the others none as soon as they see the tombstone. It is done also when the
 * store fails: the change may have been made.
 */
export function cacheInvalidating(stores: GuardedStores, caches: InvalidatedCaches): GuardedStores {
  const invalidate = async ({ all, sessions = [], families = [] }: Invalidated): Promise<void> => {
    if (all) {
      caches.families?.invalidateAll();
      caches.sessions?.invalidateAll();
    }
    await Promise.all([
      ...sessions.map((id) => caches.sessions?.invalidate(id)),
      ...families.map((id) => caches.families?.invalidate(id)),
    ]);
  };
  /** The records of all live sign-ins of a subject. A sign-in that the change keeps is one of them. */
  const recordsOf = async (subject: string): Promise<Invalidated> => {
    const listed = await stores.registry.list(subject);
    const idsOf = (kind: SignInRecord['kind']): string[] =>
      listed.filter((one) => one.kind === kind).map(({ id }) => id);
    // Those that were not listed have no tombstone; this node believes none of them all the same.
    return { all: listed.length >= MAX_LISTED, sessions: idsOf('session'), families: idsOf('tokens') };
  };
  const invalidating =
    (call: StoreCall<unknown[], unknown>, method: Method): Method =>
    async (...args) => {
      const subject = call.invalidatesSubject?.(...args) ?? null;
      // Listed before the change: afterwards the sign-ins that it ended are not listed any more.
      const ofSubject = subject === null ? {} : await recordsOf(subject);
      let outcome: unknown;
      try {
        return (outcome = await method(...args));
      } finally {
        await invalidate(call.invalidates?.(outcome, ...args) ?? ofSubject);
      }
    };
  const invalidatingPort = <Port extends object>(port: Port, calls: StoreCalls<Port>): Port => {
    const methods = { ...port } as Record<string, Method>;
    for (const [name, call] of Object.entries(calls) as [string, StoreCall<unknown[], unknown>][])
      if (call.invalidates || call.invalidatesSubject) methods[name] = invalidating(call, methods[name]!);
    return methods as unknown as Port;
  };
  return {
    ...stores,
    sessions: invalidatingPort(stores.sessions, STORE_CALLS.sessions),
    families: invalidatingPort(stores.families, STORE_CALLS.families),
    registry: invalidatingPort(stores.registry, STORE_CALLS.registry),
  };
}
