import type { FeatureStore } from '../../../stores/feature-store.js';
import { MemoryServiceClientStore } from './memory-service-client-store.js';
import { ServiceClientStore } from './service-client-store.js';
import { SqlServiceClientStore } from './sql-service-client-store.js';

/** A change that took nothing away makes each process read once for nothing. */
const changed = (outcome: object | boolean | null): boolean => outcome !== null && outcome !== false;

/** Where service clients live. */
export const SERVICE_CLIENT_STORE: FeatureStore<ServiceClientStore> = {
  port: ServiceClientStore,
  calls: {
    register: {},
    find: {},
    list: {},
    update: { revokes: changed },
    rotateSecret: { revokes: changed },
    setDisabled: { revokes: changed },
    remove: { revokes: changed },
    spend: {},
    revokeToken: { revokes: () => true },
    status: {},
    sweep: {},
  },
  sql: (access) => new SqlServiceClientStore(access),
  memory: (access) => new MemoryServiceClientStore(access),
};
