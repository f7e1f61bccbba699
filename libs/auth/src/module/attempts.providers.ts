import type { Provider } from '@nestjs/common';
import { AttemptKeys } from '../attempts/attempt-keys.js';
import { AttemptLimiter } from '../attempts/attempt-limiter.js';
import { AttemptStore } from '../attempts/attempt-store.js';
import { AttemptTally } from '../attempts/attempt-tally.js';
import { KnownDevices } from '../attempts/known-devices.js';
import { MemoryAttemptStore } from '../attempts/memory-attempt-store.js';
import { RedisAttemptStore } from '../attempts/redis-attempt-store.js';
import { SecurityEventSink } from '../audit/security-event.js';
import { DerivedKeys } from '../crypto/derived-keys.js';
import { ResolvedAuthOptions } from '../options/resolve-auth-options.js';
import { AuthStores } from '../stores/auth-stores.js';
import { Clock } from '../time/clock.js';
import { nullable, provide } from '../wiring/provide.js';

/** How often something may be tried. The store is null where the stores keep no attempts. */
export const ATTEMPT_PROVIDERS: Provider[] = [
  provide(nullable(AttemptStore), [AuthStores, ResolvedAuthOptions], (stores, { attempts }) =>
    attempts.redis ? RedisAttemptStore.on(attempts.redis) : stores.attempts(),
  ),
  provide(KnownDevices, [DerivedKeys, Clock], (keys, clock) => new KnownDevices(keys, clock)),
  provide(
    AttemptLimiter,
    [nullable(AttemptStore), KnownDevices, DerivedKeys, ResolvedAuthOptions, SecurityEventSink, Clock],
    (store, devices, derived, { attempts }, events, clock) => {
      const memory = new MemoryAttemptStore({ now: () => clock.monotonic() });
      const tally = new AttemptTally(store, memory, clock);
      return new AttemptLimiter(tally, devices, new AttemptKeys(derived), attempts, events, clock);
    },
  ),
];
