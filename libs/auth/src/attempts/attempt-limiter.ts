import { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { SecurityEventSink } from '../audit/security-event.js';
import { RateLimitedError } from '../errors/busy-error.js';
import { type AttemptPurpose, type AttemptSource, type Budget, budgetsOf } from './attempt-budgets.js';
import type { AttemptKeys } from './attempt-keys.js';
import type { ResolvedAttemptOptions } from './attempt-options.js';
import type { AttemptTally, Counted } from './attempt-tally.js';
import type { KnownDevices } from './known-devices.js';

/** A try that was admitted. Without a word about how it ended it has failed. */
export interface Attempt {
  /** Whether the subject signed in on this device before. */
  readonly isKnownDevice: boolean;
  /** It was right: gives its own units back, never the address's. Never throws. */
  succeeded(): Promise<void>;
  /** Nothing was tried, since a store was away or a line was full: gives every unit back. Never throws. */
  cancelled(): Promise<void>;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** How long this process refuses by itself what a store has refused: a flood does not reach the store. */
const REFUSED_MS = 1_000;
const REMEMBERED = 10_000;
/** Purposes that are counted in this process: what they guard cannot be guessed, and a success must cost nothing. */
const OF_THIS_PROCESS: ReadonlySet<AttemptPurpose> = new Set(['refresh', 'client']);

/**
 * Limits how often something may be tried: passwords, codes, tokens, mails. Units are taken before the try, so that tries at
 * once cannot pass a budget, and a try that is refused takes none. Without its store the memory of the process counts.
 *
 * @example
 * ```ts
 * import type { AttemptLimiter, Requester } from 'nestjs-aerie/feature';
 *
 * declare const isRight: (code: string) => Promise<boolean>; // yours
 *
 * export async function redeem(limiter: AttemptLimiter, code: string, asker: string, requester: Requester) {
 *   const attempt = await limiter.take('code', { asker, requester });
 *   const right = await isRight(code);
 *   if (right) await attempt.succeeded();
 *   return right;
 * }
 * ```
 */
export class AttemptLimiter {
  private readonly logger = new Logger('AuthModule');
  private readonly waysOpen = new Set<string>();
  /** Counters that were used up a moment ago: until when that is believed, and when their windows end. */
  private readonly refused = new LRUCache<string, { readonly until: number; readonly endsAt: number }>({
    max: REMEMBERED,
  });
  /** Counters that an event told of, and until when their windows last. */
  private readonly toldOf = new LRUCache<string, number>({ max: REMEMBERED });
  private sharedAddress = false;

  /** @internal */
  constructor(
    private readonly tally: AttemptTally,
    private readonly devices: KnownDevices,
    private readonly keys: AttemptKeys,
    private readonly options: ResolvedAttemptOptions,
    private readonly events: SecurityEventSink,
    private readonly clock: { monotonic(): number },
  ) {}

  /**
   * Takes a unit of each counter of a try.
   *
   * @throws RateLimitedError when one of them is used up. Nothing was taken then.
   */
  async take(purpose: AttemptPurpose, source: AttemptSource): Promise<Attempt> {
    const outcome = await this.taken(purpose, source);
    if (outcome instanceof RateLimitedError) throw outcome;
    return outcome;
  }

  /** The same for what is refused without a word, such as a mail: null when a counter is used up. */
  async tryTake(purpose: AttemptPurpose, source: AttemptSource): Promise<Attempt | null> {
    const outcome = await this.taken(purpose, source);
    return outcome instanceof RateLimitedError ? null : outcome;
  }

  /**
   * Refuses, without a query, what this process refused a moment ago: before the identifier is looked up. A device that may yet
   * prove to be known is let through. Throws RateLimitedError.
   * @internal
   */
  refuseIfUsedUp(purpose: AttemptPurpose, source: AttemptSource): void {
    if (source.requester.device !== undefined) return;
    const waitMs = this.refusedFor(budgetsOf(purpose, source, false, this.keys, this.options));
    if (waitMs > 0) throw this.error(purpose, waitMs);
  }

  /** Names a way to sign in, such as `link`, that a refused password leaves open. A feature calls it once. */
  leavesOpen(way: string): void {
    this.waysOpen.add(way);
  }

  /** Whether requests came through a proxy that the framework does not trust: limits by address do not hold then. */
  get sharesAddress(): boolean {
    return this.sharedAddress;
  }

  private async taken(purpose: AttemptPurpose, source: AttemptSource): Promise<Attempt | RateLimitedError> {
    const { subject, credentialVersion, requester } = source;
    if (requester.sharesAddress) this.noteSharedAddress();
    const isKnownDevice =
      typeof subject === 'string' &&
      credentialVersion !== undefined &&
      this.devices.knows(requester.device, subject, credentialVersion);
    const budgets = budgetsOf(purpose, source, isKnownDevice, this.keys, this.options);
    const waitMs = this.refusedFor(budgets);
    if (waitMs > 0) return this.error(purpose, waitMs);
    const where = OF_THIS_PROCESS.has(purpose) ? 'process' : 'shared';
    const counted = await this.tally.take(budgets, where);
    const waits = waitsAfter(counted, (id) => this.keys.idOf('wait', id));
    const slowed = await this.tally.take([...waits.keys()], where);
    const all = [...counted, ...slowed];
    const over = all.filter(({ budget, count }) => count.used > budget.limit && !budget.slows);
    if (over.length === 0) return new Taken(isKnownDevice, this.tally, all);
    await this.tally.giveBack(all, () => 1);
    for (const one of over) this.refuse(purpose, source, one, waits.get(one.budget) ?? one.budget.id);
    return this.error(purpose, Math.max(...over.map(({ count }) => count.endsInMs)));
  }

  /** How long a client has to wait, as far as this process remembers; 0: it does not. */
  private refusedFor(budgets: readonly Budget[]): number {
    const now = this.clock.monotonic();
    const waits = budgets.map(({ id }) => {
      const refused = this.refused.get(id);
      return refused && now < refused.until ? refused.endsAt - now : 0;
    });
    return Math.max(0, ...waits);
  }

  /** `id`: of the counter that the next try asks first. */
  private refuse(
    purpose: AttemptPurpose,
    source: AttemptSource,
    { budget, count }: Counted,
    id: string,
  ): void {
    const now = this.clock.monotonic();
    const endsAt = now + count.endsInMs;
    this.refused.set(id, { until: Math.min(now + REFUSED_MS, endsAt), endsAt });
    if (now < (this.toldOf.get(budget.id) ?? now)) return;
    this.toldOf.set(budget.id, endsAt);
    const { identifier, subject = null, requester } = source;
    const { ip, userAgent } = requester;
    this.events.record({
      type: 'attempt_limited',
      purpose,
      budget: budget.name,
      subject,
      identifier: identifier === undefined ? null : this.keys.identifierHash(identifier),
      ip,
      userAgent,
    });
  }

  private error(purpose: AttemptPurpose, waitMs: number): RateLimitedError {
    return new RateLimitedError(waitMs, purpose === 'sign-in' ? { waysOpen: [...this.waysOpen] } : {});
  }

  private noteSharedAddress(): void {
    if (this.sharedAddress) return;
    this.sharedAddress = true;
    this.logger.error(
      'requests come through a proxy that the application does not trust, so all clients have its address: limits by address are off. ' +
        'Name the proxy in "trust proxy" (Express) or trustProxy (Fastify); docs/limits.md says how',
    );
  }
}

/**
 * Past a budget that slows, a second counter admits one try in each window, and its windows grow. By each second counter: the
 * id of the first.
 */
function waitsAfter(counted: readonly Counted[], idOf: (id: string) => string): ReadonlyMap<Budget, string> {
  const waits = new Map<Budget, string>();
  for (const { budget, count } of counted) {
    const past = count.used - budget.limit;
    if (!budget.slows || past <= 0) continue;
    const windowMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(16, past - 1));
    const { name, onSuccess } = budget;
    waits.set({ name, onSuccess, id: idOf(budget.id), limit: 1, windowMs }, budget.id);
  }
  return waits;
}

const UNITS = { unit: 1, all: 'all', nothing: 0 } as const;

class Taken implements Attempt {
  private isOver = false;

  constructor(
    readonly isKnownDevice: boolean,
    private readonly tally: AttemptTally,
    private readonly counted: readonly Counted[],
  ) {}

  succeeded(): Promise<void> {
    return this.end(({ onSuccess }) => UNITS[onSuccess]);
  }

  cancelled(): Promise<void> {
    return this.end(() => 1);
  }

  /** Once: a second call would give back units of others. */
  private async end(units: (budget: Budget) => 'all' | 1 | 0): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    await this.tally.giveBack(this.counted, units);
  }
}
