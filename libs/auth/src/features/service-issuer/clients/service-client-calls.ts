import { AuthConfigError } from '../../../errors/auth-config-error.js';
import type { LocalRevocations } from '../../../revocation/local-revocations.js';
import type { AuthStores } from '../../../stores/auth-stores.js';
import { guardedPort, hasEveryMethod } from '../../../stores/guarded-stores.js';
import type { StoreCalls } from '../../../stores/store-calls.js';
import type { ServiceClientStore } from './service-client-store.js';

/** A change that took nothing away is taken for a revocation as well: the feed then reads once more than it has to. */
const changed = (outcome: unknown): boolean => outcome !== null && outcome !== false;

/** What each call of the clients' store revokes. */
const SERVICE_CLIENT_CALLS: StoreCalls<ServiceClientStore> = {
  register: {},
  find: {},
  list: {},
  update: { revokes: changed },
  rotateSecret: { revokes: changed },
  setDisabled: { revokes: changed },
  remove: { revokes: changed },
  spend: {},
  revokeToken: { revokes: changed },
  status: {},
  sweep: {},
};

/** The store of service clients, guarded as the others are. Throws AuthConfigError when there is none, or not a whole one. */
export function guardedClientStore(stores: AuthStores, changes: LocalRevocations): ServiceClientStore {
  const clients = stores.clients();
  if (!clients || !hasEveryMethod(clients, SERVICE_CLIENT_CALLS)) {
    throw new AuthConfigError(
      '"services" must be false beside "stores" without a place for service clients: give them a `clients()`, or leave "services" out',
    );
  }
  return guardedPort(clients, SERVICE_CLIENT_CALLS, changes);
}
