import type { FeatureStore } from '../../../stores/feature-store.js';
import { ActionTokenStore } from './action-token-store.js';
import { MemoryActionTokenStore } from './memory-action-token-store.js';
import { SqlActionTokenStore } from './sql-action-token-store.js';

/** Where links and codes are kept. */
export const ACTION_TOKEN_STORE: FeatureStore<ActionTokenStore> = {
  port: ActionTokenStore,
  calls: {
    create: {},
    find: {},
    ofAsker: {},
    redeem: {},
    settle: {},
    reopen: {},
    endAll: {},
    due: {},
    sweep: {},
  },
  sql: (access) => new SqlActionTokenStore(access),
  memory: (access) => new MemoryActionTokenStore(access),
};
