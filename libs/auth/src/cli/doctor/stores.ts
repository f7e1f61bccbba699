import { SecurityEventStore } from '../../audit/security-event-store.js';
import { AuthConfigError } from '../../errors/auth-config-error.js';
import { KeyRotation } from '../../keys/key-rotation.js';
import { AuthStatus } from '../../lifecycle/auth-status.js';
import type { ResolvedAuthOptions } from '../../options/resolve-auth-options.js';
import { probeCache } from '../../shared-cache/cache-probe.js';
import { AuthStores } from '../../stores/auth-stores.js';
import { MemoryStores } from '../../testing/memory/memory-stores.js';
import { inTime } from '../../time/deadline.js';
import type { Application } from '../application/application.js';
import { firstLineOf } from '../cannot-run.js';
import { error, type Finding, warning } from './finding.js';

const DEADLINE_MS = 8_000;

/** Whether the stores are there and have what is needed, the keys can be opened, and the cache holds what it is given. */
export async function storesOf(
  app: Application,
  options: ResolvedAuthOptions,
  isProduction: boolean,
): Promise<Finding[]> {
  const [stores, cache] = await Promise.all([rowsOf(app, isProduction), cacheOf(options)]);
  return [...stores, ...cache];
}

async function rowsOf(app: Application, isProduction: boolean): Promise<Finding[]> {
  const stores = app.find(AuthStores)!;
  const found: Finding[] = [];
  if (stores instanceof MemoryStores)
    found.push(
      (isProduction ? error : warning)(
        'memory-stores',
        '"stores" keeps everything in memory: a restart signs everybody out, and other nodes know of nothing; give typeOrmStores() or sqlStores()',
      ),
    );
  if (!app.find(SecurityEventStore))
    found.push(
      warning(
        'audit-off',
        '"stores" keeps no security events: later no record tells who signed in, or why a sign-in ended; give typeOrmStores() or sqlStores() the option "audit: true"',
      ),
    );
  const missing = await answered(() => stores.missing());
  if (missing instanceof Error) return [...found, unreachable(missing)];
  found.push(...missing.map((message) => error('missing-table', message)));
  if (missing.length > 0) return found;
  if (!(await app.find(AuthStatus)!.reachesStores()))
    return [...found, unreachable(new Error('they did not answer a read'))];
  return [...found, ...(await keysOf(app))];
}

/** Managed keys alone can be there and not be of use. */
async function keysOf(app: Application): Promise<Finding[]> {
  const keys = app.find(KeyRotation);
  const failure = keys && (await answered(() => keys.check()));
  if (!(failure instanceof Error)) return [];
  return [
    error(failure instanceof AuthConfigError ? 'keys-closed' : 'keys-unreadable', firstLineOf(failure)),
  ];
}

async function cacheOf({ cache }: ResolvedAuthOptions): Promise<Finding[]> {
  const unfit = cache && (await probeCache(cache));
  return unfit ? [warning('cache-unfit', unfit)] : [];
}

function unreachable(failure: Error): Finding {
  return error('stores-unreachable', `the stores cannot be reached: ${why(failure)}`);
}

function why(failure: Error): string {
  return failure.cause instanceof Error ? firstLineOf(failure.cause) : firstLineOf(failure);
}

/** What a store answers in time, or its error. */
async function answered<T>(call: () => Promise<T>): Promise<T | Error> {
  try {
    return await inTime(DEADLINE_MS, call());
  } catch (failure) {
    return failure instanceof Error ? failure : new Error('it failed');
  }
}
