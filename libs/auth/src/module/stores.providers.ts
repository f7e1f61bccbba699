import { type Provider } from '@nestjs/common';
import { AuthCounters } from '../audit/auth-counters.js';
import { DerivedKeys } from '../crypto/derived-keys.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { LocalRevocations } from '../revocation/local-revocations.js';
import { AuthStores } from '../stores/auth-stores.js';
import { cacheInvalidating } from '../stores/cache-invalidating-stores.js';
import { RecordsInUse, recordsInUse } from '../stores/records-in-use.js';
import { StoresInUse, storesInUse } from '../stores/stores-in-use.js';
import { Clock } from '../time/clock.js';
import { StoreClock } from '../time/store-clock.js';

/** The stores as everything above them sees them, their clock, and the records of them that nodes share. */
export const STORE_PROVIDERS: Provider[] = [
  LocalRevocations,
  { provide: StoreClock, inject: [Clock], useFactory: (clock: Clock) => new StoreClock(clock) },
  {
    provide: RecordsInUse,
    inject: [ResolvedAuthOptions, DerivedKeys, StoreClock, Clock, AuthCounters],
    useFactory: recordsInUse,
  },
  {
    provide: StoresInUse,
    inject: [AuthStores, LocalRevocations, RecordsInUse, ResolvedAuthOptions],
    useFactory: (
      given: AuthStores,
      changes: LocalRevocations,
      records: RecordsInUse,
      { cache }: ResolvedAuthOptions,
    ) => {
      const stores = storesInUse(given, changes);
      return cache ? cacheInvalidating(stores, records) : stores;
    },
  },
];
