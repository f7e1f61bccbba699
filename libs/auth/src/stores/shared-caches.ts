import type { AuthCounters } from '../audit/auth-counters.js';
import type { DerivedKeys } from '../crypto/derived-keys.js';
import type { ApplicationCache } from '../shared-cache/cache-options.js';
import { type FamilyCacheRecord, readFamilyCacheRecord } from '../revocation-check/family-cache-record.js';
import { CacheCircuitBreaker } from '../shared-cache/cache-circuit-breaker.js';
import { RecordMac } from '../shared-cache/record-mac.js';
import { type RecordKeeping, SharedCache } from '../shared-cache/shared-cache.js';
import { readSessionCacheRecord, type SessionCacheRecord } from '../sessions/session-cache-record.js';
import type { Clock } from '../time/clock.js';
import type { StoreClock } from '../time/store-clock.js';
import type { InvalidatedCaches } from './cache-invalidating-stores.js';

/** The shared records of each kind of sign-in; null where the application has no cache. Also their injection token. */
export abstract class SharedCaches implements InvalidatedCaches {
  abstract readonly sessions: SharedCache<SessionCacheRecord> | null;
  abstract readonly families: SharedCache<FamilyCacheRecord> | null;
}

export function sharedCaches(
  { cache, issuer }: { readonly cache: ApplicationCache | null; readonly issuer: string },
  keys: DerivedKeys,
  storeClock: StoreClock,
  clock: Clock,
  counters: AuthCounters,
): SharedCaches {
  if (!cache) return { sessions: null, families: null };
  const keeping: RecordKeeping = {
    cache: new CacheCircuitBreaker(cache, clock, counters),
    mac: new RecordMac(keys.of('shared-record')),
    issuer,
    storeClock,
    counters,
  };
  return {
    sessions: new SharedCache('session', readSessionCacheRecord, keeping),
    families: new SharedCache('family', readFamilyCacheRecord, keeping),
  };
}
