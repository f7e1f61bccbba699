import type { AttemptLimiter } from '../attempts/attempt-limiter.js';
import type { AuthCounters, AuthCounts } from '../audit/auth-counters.js';
import type { RevocationNotifier } from '../revocation/revocation-notifier.js';
import { feedDetails, type FeedState, type Health, isFresh, ProcessStatus } from '../audit/process-status.js';
import type { RevocationFeed } from '../revocation/revocation-feed.js';
import type { ResolvedRevocationOptions } from '../revocation/revocation-options.js';
import type { SignInLookup } from '../revocation-check/sign-in-lookup.js';
import type { SessionNearCache } from '../sessions/session-near-cache.js';
import { withinDeadline } from '../time/deadline.js';

/** No sign-in has it. */
const NO_SIGN_IN = '00000000-0000-0000-0000-000000000000';
/** Every client has the proxy's address. */
const UNTRUSTED_PROXY = 'requests come through a proxy that is not trusted: limits by address are off';
/** A custom store may have no deadline of its own. */
const DEADLINE_MS = 5_000;

/**
 * How authentication is doing in this process, for health checks and metrics: inject it anywhere. Nothing it gives is
 * about a person, and nothing in it is secret. `nestjs-aerie/terminus` and `nestjs-aerie/opentelemetry` are made of it.
 */
export class AuthStatus extends ProcessStatus {
  /** Security events tell of refusals here. */
  readonly refusals = null;
  private asking: Promise<boolean> | undefined;

  /** @internal */
  constructor(
    private readonly counters: AuthCounters,
    private readonly revocation: ResolvedRevocationOptions,
    private readonly revocationFeed: RevocationFeed | null,
    private readonly notifier: RevocationNotifier | null,
    private readonly near: SessionNearCache,
    private readonly lookup: SignInLookup,
    private readonly attempts: Pick<AttemptLimiter, 'sharesAddress'>,
  ) {
    super();
  }

  /** `revocation.mode`. */
  get mode(): ResolvedRevocationOptions['mode'] {
    return this.revocation.mode;
  }

  /** Null in the modes without a feed. */
  feed(): FeedState | null {
    if (!this.revocationFeed) return null;
    return {
      ...this.revocationFeed.status(),
      maxStalenessMs: this.revocation.maxStalenessMs,
      notifierConnected: this.notifier?.isConnected ?? null,
    };
  }

  /** Null: an issuer has its own. */
  keys(): null {
    return null;
  }

  /**
   * Up while requests can be judged. With the feed: while its lag is at most `maxLagMs`; until then stores that are away show
   * in the details alone. `degraded` in the details: requests come through a proxy that is not trusted. In the other modes, and while the feed overflows: while the stores answer.
   */
  async health(maxLagMs: number | null): Promise<Health> {
    const reached = await this.reachesStores();
    // Read afterwards: the stores may have kept us waiting.
    const feed = this.feed();
    const details = {
      mode: this.mode,
      stores: reached ? 'reachable' : 'unreachable',
      ...(feed && feedDetails(feed)),
      ...(this.attempts.sharesAddress && { degraded: UNTRUSTED_PROXY }),
    };
    return { isUp: feed && !feed.overflowing ? isFresh(feed, maxLagMs) : reached, details };
  }

  /** How many sessions this process has cached. */
  get sessionsCached(): number {
    return this.near.size;
  }

  /** Since the process started. The object goes on counting. */
  get counts(): AuthCounts {
    return this.counters;
  }

  /**
   * Calls `listener` with how long it took from each notification to the poll that knew what it was about, in milliseconds.
   * Gives a function that ends it. Throws TypeError.
   */
  onNotificationKnown(listener: (ms: number) => void): () => void {
    return this.counters.onNotificationKnown(listener);
  }

  /**
   * Whether the stores answer: one read of one row, within their deadline or 5 s. Never throws. However many ask at the
   * same time, the stores are asked once.
   */
  reachesStores(): Promise<boolean> {
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async ask(): Promise<boolean> {
    const answer = await withinDeadline(DEADLINE_MS, () => this.lookup.find(NO_SIGN_IN));
    return answer.kind === 'answered';
  }
}
