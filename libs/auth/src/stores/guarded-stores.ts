import type { LocalRevocations } from '../revocation/local-revocations.js';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { AuthError, StoreUnavailableError } from '../errors/auth-error.js';
import type { ServiceClientStore } from '../features/service-issuer/clients/service-client-store.js';
import { revokesSomething } from './revoking-calls.js';
import { type AuthStores, STORE_PORTS } from './auth-stores.js';

/**
 * The stores as everything above them sees them: all of them there, and failing in one way. Whatever a port throws
 * that has no code is an outage, 503 with nothing of its message; a TypeError is the caller's mistake and stays one.
 * A call that announced a change says so when it is done, and so committed.
 * Also the injection token for them.
 */
export abstract class GuardedStores implements Pick<AuthStores, (typeof STORE_PORTS)[number]> {
  abstract readonly subjects: AuthStores['subjects'];
  abstract readonly sessions: AuthStores['sessions'];
  abstract readonly families: AuthStores['families'];
  abstract readonly registry: AuthStores['registry'];
  abstract readonly lookup: AuthStores['lookup'];
  abstract readonly revocations: AuthStores['revocations'];
}

/** Throws AuthConfigError when a port is missing: a lookup that is not there would be taken for one not asked for. */
export function guardedStores(stores: AuthStores, changes: LocalRevocations): GuardedStores {
  const lacking = STORE_PORTS.filter((port) => !METHODS[port].every((name) => has(stores[port], name)));
  if (lacking.length > 0) {
    throw new AuthConfigError(
      `"stores" must be a class with every store of AuthStores, from its construction on (got none for ${lacking.join(', ')})`,
    );
  }
  const inUse = STORE_PORTS.map((port) => [port, failingByCode(port, stores[port], changes)]);
  return Object.fromEntries(inUse) as unknown as GuardedStores;
}

/**
 * The store of service clients in the same way. Throws AuthConfigError when these stores have none, or not a whole one.
 */
export function clientsInUse(stores: AuthStores, changes: LocalRevocations): ServiceClientStore {
  const clients = stores.clients();
  if (!clients || !CLIENT_METHODS.every((name) => has(clients, name))) {
    throw new AuthConfigError(
      '"services" must be false beside "stores" without a place for service clients: give them a `clients()`, or leave "services" out',
    );
  }
  return failingByCode('clients', clients, changes);
}

const CLIENT_METHODS: readonly (keyof ServiceClientStore)[] = [
  'register',
  'find',
  'list',
  'update',
  'rotateSecret',
  'setDisabled',
  'remove',
  'spend',
  'revokeToken',
  'status',
  'sweep',
];

/** What is asked of each of them. */
const METHODS: { readonly [Port in (typeof STORE_PORTS)[number]]: readonly (keyof AuthStores[Port])[] } = {
  subjects: ['find', 'epochs'],
  sessions: ['open', 'read', 'touch', 'renew', 'revoke', 'readData', 'writeData', 'sweep'],
  families: ['open', 'read', 'rotate', 'rekey', 'revoke', 'sweep'],
  registry: ['list', 'endAll', 'credentialsChanged', 'subjectChanged', 'forget', 'revokeEverything', 'sweep'],
  lookup: ['find'],
  revocations: ['readAfter', 'readOf'],
};

function has(port: unknown, method: PropertyKey): boolean {
  return typeof (port as Record<PropertyKey, unknown> | undefined)?.[method] === 'function';
}

type Method = (...args: unknown[]) => Promise<unknown>;

function failingByCode<Port extends object>(
  name: (typeof STORE_PORTS)[number] | 'clients',
  port: Port,
  changes: LocalRevocations,
): Port {
  const wrapped = new Map<Method, Method>();
  const wrap = (member: PropertyKey, method: Method): Method => {
    let known = wrapped.get(method);
    if (!known) {
      known = async (...args) => {
        try {
          const outcome = await method.apply(port, args);
          if (revokesSomething(name, member, outcome)) changes.publish();
          return outcome;
        } catch (cause) {
          if (cause instanceof AuthError || cause instanceof TypeError) throw cause;
          throw new StoreUnavailableError({ cause });
        }
      };
      wrapped.set(method, known);
    }
    return known;
  };
  return new Proxy(port, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === 'function' ? wrap(key, member as Method) : member;
    },
  });
}
