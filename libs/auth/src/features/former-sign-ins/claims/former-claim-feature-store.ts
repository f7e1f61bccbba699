import type { FeatureStore } from '../../../stores/feature-store.js';
import { FormerClaimStore } from './former-claim-store.js';
import { MemoryFormerClaimStore } from './memory-former-claim-store.js';
import { SqlFormerClaimStore } from './sql-former-claim-store.js';

/** Where it is kept which former credentials were seen. */
export const FORMER_CLAIM_STORE: FeatureStore<FormerClaimStore> = {
  port: FormerClaimStore,
  calls: { find: {}, claim: {}, replace: {}, release: {}, spend: {}, isEnded: {}, sweep: {} },
  sql: (access) => new SqlFormerClaimStore(access),
  memory: (access) => new MemoryFormerClaimStore(access),
};
