import type { LocalRevocations } from '../revocation/local-revocations.js';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { AuthError, StoreUnavailableError } from '../errors/auth-error.js';
import type { AuthStores } from './auth-stores.js';
import type { FeatureStore } from './feature-store.js';
import type { StoreCall, StoreCalls } from './store-call.js';
import { STORE_CALLS, type StorePort } from './store-calls.js';

/**
 * The stores as everything above them sees them: all of them there, and failing in one way. Whatever a port throws
 * that has no code is an outage, 503 with nothing of its message; a TypeError is the caller's mistake and stays one.
 * A call that revoked something says so when it is done, and so committed.
 * Also the injection token for them.
 */
export abstract class GuardedStores implements Pick<AuthStores, StorePort> {
  abstract readonly subjects: AuthStores['subjects'];
  abstract readonly sessions: AuthStores['sessions'];
  abstract readonly families: AuthStores['families'];
  abstract readonly registry: AuthStores['registry'];
  abstract readonly lookup: AuthStores['lookup'];
  abstract readonly revocations: AuthStores['revocations'];
}

/** Throws AuthConfigError when a port is missing: a lookup that is not there would be taken for one not asked for. */
export function guardedStores(stores: AuthStores, changes: LocalRevocations): GuardedStores {
  const lacking = Object.entries(STORE_CALLS).flatMap(([name, calls]) => {
    const port = stores[name as StorePort] as object | undefined;
    return port ? missingMethods(port, calls).map((method) => `${name}.${method}`) : [name];
  });
  if (lacking.length > 0) {
    throw new AuthConfigError(
      `"stores" must be a class with every store of AuthStores and every method, from its construction on (got none for ${lacking.join(', ')})`,
    );
  }
  return {
    subjects: guardedPort(stores.subjects, STORE_CALLS.subjects, changes),
    sessions: guardedPort(stores.sessions, STORE_CALLS.sessions, changes),
    families: guardedPort(stores.families, STORE_CALLS.families, changes),
    registry: guardedPort(stores.registry, STORE_CALLS.registry, changes),
    lookup: guardedPort(stores.lookup, STORE_CALLS.lookup, changes),
    revocations: guardedPort(stores.revocations, STORE_CALLS.revocations, changes),
  };
}

/**
 * A feature's store, guarded as the others are. Throws AuthConfigError when these stores have no place for it, or give
 * something that lacks a method.
 */
export function guardedFeatureStore<Port extends object>(
  stores: AuthStores,
  store: FeatureStore<Port>,
  feature: string,
  changes: LocalRevocations,
): Port {
  const port = stores.of(store);
  if (!port || missingMethods(port, store.calls).length > 0) {
    throw new AuthConfigError(
      `"stores" must have a place for ${store.port.name}, which the feature ${JSON.stringify(feature)} needs (got ${port ? 'one that lacks a method' : 'none'}): give an implementation in of(store), or leave the feature out`,
    );
  }
  return guardedPort(port, store.calls, changes);
}

/** The methods of a port, by the table of its calls, that something does not have. */
function missingMethods(port: object, calls: object): string[] {
  return Object.keys(calls).filter(
    (method) => typeof (port as Record<string, unknown>)[method] !== 'function',
  );
}

type Method = (...args: unknown[]) => Promise<unknown>;

/** A port with the methods of its table alone, each of which fails in one way and tells what it revoked. */
function guardedPort<Port extends object>(
  port: Port,
  calls: StoreCalls<Port>,
  changes: LocalRevocations,
): Port {
  const methods = port as Readonly<Record<string, Method>>;
  const guarded = ([name, { revokes }]: [string, StoreCall<unknown[], unknown>]): [string, Method] => [
    name,
    async (...args) => {
      try {
        const outcome = await methods[name]!(...args);
        if (revokes?.(outcome)) changes.publish();
        return outcome;
      } catch (cause) {
        if (cause instanceof AuthError || cause instanceof TypeError) throw cause;
        throw new StoreUnavailableError({ cause });
      }
    },
  ];
  const entries = Object.entries(calls) as [string, StoreCall<unknown[], unknown>][];
  return Object.fromEntries(entries.map(guarded)) as unknown as Port;
}
