import type { RateLimiterRedis } from 'rate-limiter-flexible';
import { AuthConfigError } from '../errors/auth-config-error.js';
import type { AttemptRedisClient } from './attempt-options.js';
import { type AttemptCount, type AttemptCounter, type AttemptReturn, AttemptStore } from './attempt-store.js';

/**
 * What the package runs for each unit. A window begins with its first unit; what is given back makes no counter, and no
 * counter falls below 0.
 */
const SCRIPT = `
local points = tonumber(ARGV[1])
if points < 0 then
  local used = tonumber(redis.call('get', KEYS[1]) or '0')
  if used <= 0 then return {0, 0} end
  if used + points < 0 then points = -used end
else
  redis.call('set', KEYS[1], 0, 'EX', ARGV[2], 'NX')
end
return {redis.call('incrby', KEYS[1], points), redis.call('pttl', KEYS[1])}
`;

/** AttemptStore in Redis, by `rate-limiter-flexible`. Its windows are whole seconds, and Redis forgets them by itself. */
export class RedisAttemptStore extends AttemptStore {
  private constructor(private readonly limiter: RateLimiterRedis) {
    super();
  }

  /** Throws AuthConfigError while the package is not installed. */
  static async on(client: AttemptRedisClient): Promise<RedisAttemptStore> {
    const { RateLimiterRedis: Limiter } = await import('rate-limiter-flexible').catch((cause: unknown) => {
      throw new AuthConfigError('"attempts.redis" needs the package rate-limiter-flexible: install it', {
        cause,
      });
    });
    return new RedisAttemptStore(
      new Limiter({
        storeClient: client,
        // ioredis says how it is doing in a text.
        useRedisPackage: typeof (client as { readonly status?: unknown }).status !== 'string',
        rejectIfRedisNotReady: true,
        keyPrefix: 'nestjs-aerie:attempt',
        points: 1,
        duration: 1,
        customIncrTtlLuaScript: SCRIPT,
      }),
    );
  }

  async take(counters: readonly AttemptCounter[]): Promise<readonly AttemptCount[]> {
    return Promise.all(
      counters.map(async ({ id, windowMs }) => {
        const customDuration = Math.max(1, Math.round(windowMs / 1000));
        const { consumedPoints, msBeforeNext } = await this.limiter.penalty(id, 1, { customDuration });
        return { used: consumedPoints, endsInMs: msBeforeNext, window: performance.now() + msBeforeNext };
      }),
    );
  }

  async giveBack(returns: readonly AttemptReturn[]): Promise<void> {
    const now = performance.now();
    // Of a window that is over nothing is left.
    const running = returns.filter(({ window }) => window > now);
    await Promise.all(
      running.map(({ id, units }): Promise<unknown> =>
        units === 'all' ? this.limiter.delete(id) : this.limiter.reward(id, 1, { customDuration: 1 }),
      ),
    );
  }

  async sweep(): Promise<number> {
    return 0;
  }
}
