import type { AuthCounters } from '../audit/auth-counters.js';
import type { DerivedKeys } from '../crypto/derived-keys.js';
import type { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { type FamilyStanding, readFamilyStanding } from '../revocation-check/family-standing.js';
import { GuardedCache } from '../shared-cache/guarded-cache.js';
import { RecordSeal } from '../shared-cache/record-seal.js';
import { type RecordKeeping, SharedRecords } from '../shared-cache/shared-records.js';
import { readSharedSession, type SharedSession } from '../sessions/shared-session.js';
import type { Clock } from '../time/clock.js';
import type { StoreClock } from '../time/store-clock.js';
import type { BuryingPlaces } from './burying-stores.js';

/** The shared records of each kind of sign-in; null where the application has no cache. Also their injection token. */
export abstract class RecordsInUse implements BuryingPlaces {
  abstract readonly sessions: SharedRecords<SharedSession> | null;
  abstract readonly families: SharedRecords<FamilyStanding> | null;
}

export function recordsInUse(
  { cache, issuer }: ResolvedAuthOptions,
  keys: DerivedKeys,
  storeClock: StoreClock,
  clock: Clock,
  counters: AuthCounters,
): RecordsInUse {
  if (!cache) return { sessions: null, families: null };
  const keeping: RecordKeeping = {
    cache: new GuardedCache(cache, clock, counters),
    seal: new RecordSeal(keys.of('shared-record')),
    issuer,
    storeClock,
    counters,
  };
  return {
    sessions: new SharedRecords('session', readSharedSession, keeping),
    families: new SharedRecords('family', readFamilyStanding, keeping),
  };
}
