import type { FeatureStore } from '../../../stores/feature-store.js';
import { HandoverStore } from './handover-store.js';
import { MemoryHandoverStore } from './memory-handover-store.js';
import { SqlHandoverStore } from './sql-handover-store.js';

/** Where handovers are kept. */
export const HANDOVER_STORE: FeatureStore<HandoverStore> = {
  port: HandoverStore,
  calls: { keep: {}, find: {}, sweep: {} },
  sql: (access) => new SqlHandoverStore(access),
  memory: (access) => new MemoryHandoverStore(access),
};
