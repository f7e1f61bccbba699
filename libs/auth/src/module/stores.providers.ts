import { type Provider } from '@nestjs/common';
import { AuthCounters } from '../audit/auth-counters.js';
import { DerivedKeys } from '../crypto/derived-keys.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { LocalRevocations } from '../revocation/local-revocations.js';
import { AuthStores } from '../stores/auth-stores.js';
import { cacheInvalidating } from '../stores/cache-invalidating-stores.js';
import { SharedCaches, sharedCaches } from '../stores/shared-caches.js';
import { GuardedStores, guardedStores } from '../stores/guarded-stores.js';
import { Clock } from '../time/clock.js';
import { StoreClock } from '../time/store-clock.js';
import { provide } from '../wiring/provide.js';

/** The stores as everything above them sees them, their clock, and the records of them that nodes share. */
export const STORE_PROVIDERS: Provider[] = [
  LocalRevocations,
  provide(StoreClock, [Clock], (clock) => new StoreClock(clock)),
  provide(SharedCaches, [ResolvedAuthOptions, DerivedKeys, StoreClock, Clock, AuthCounters], sharedCaches),
  provide(
    GuardedStores,
    [AuthStores, LocalRevocations, SharedCaches, ResolvedAuthOptions],
    (given, changes, caches, { cache }) => {
      const stores = guardedStores(given, changes);
      return cache ? cacheInvalidating(stores, caches) : stores;
    },
  ),
];
