import type { AuthCounters, AuthCounts } from '../audit/auth-counters.js';
import {
  feedDetails,
  type FeedState,
  type Health,
  isFresh,
  type KeysState,
  ProcessStatus,
} from '../audit/process-status.js';
import type { RemoteKeys } from '../keys/remote-keys.js';
import type { RevocationNotifier } from '../revocation/revocation-notifier.js';
import type { RevocationFeed } from '../revocation/revocation-feed.js';
import type { Introspection } from './issuer/introspection.js';
import type { RefusalCounters } from './refusal-counters.js';
import type { ResolvedResourceServerOptions } from './resource-server.options.js';

/**
 * How a resource server is doing, for health checks and metrics: inject it anywhere. Nothing it gives is about a person, and
 * nothing in it is secret. `nestjs-aerie/terminus` and `nestjs-aerie/opentelemetry` work here as in an issuer.
 */
export class ResourceStatus extends ProcessStatus {
  readonly sessionsCached = null;
  private asking: Promise<boolean> | undefined;

  /** @internal */
  constructor(
    private readonly options: Pick<ResolvedResourceServerOptions, 'revocation'>,
    private readonly counters: AuthCounters,
    readonly refusals: RefusalCounters,
    private readonly parts: {
      /** Null: the keys were given. */
      readonly keys: RemoteKeys | null;
      readonly feed: RevocationFeed | null;
      readonly notifier: RevocationNotifier | null;
      readonly introspection: Introspection | null;
    },
  ) {
    super();
  }

  get mode(): ResolvedResourceServerOptions['revocation']['mode'] {
    return this.options.revocation.mode;
  }

  get counts(): AuthCounts {
    return this.counters;
  }

  feed(): FeedState | null {
    const { revocation } = this.options;
    const { feed, notifier } = this.parts;
    if (!feed || revocation.mode !== 'feed') return null;
    const { maxStalenessMs } = revocation;
    return { ...feed.status(), maxStalenessMs, notifierConnected: notifier?.isConnected ?? null };
  }

  keys(): KeysState | null {
    return this.parts.keys?.status() ?? null;
  }

  /**
   * Up while a key is known, and what has ended: by a feed that is young enough and does not overflow, or by an issuer that
   * answers questions about tokens, of which it is asked one.
   */
  async health(maxLagMs: number | null): Promise<Health> {
    const { introspection } = this.parts;
    const answers = introspection && (await this.answers(introspection));
    const [keys, feed] = [this.keys(), this.feed()];
    const details = {
      mode: this.mode,
      ...(keys && {
        keys: keys.known,
        keysAgeMs: keys.ageMs === null ? null : Math.round(keys.ageMs),
        keysReachable: !keys.failing,
      }),
      ...(answers !== null && { introspection: answers ? 'reachable' : 'unreachable' }),
      ...(feed && feedDetails(feed)),
    };
    const knowsKeys = keys === null || keys.known > 0;
    const knowsEndings = feed ? !feed.overflowing && isFresh(feed, maxLagMs) : answers !== false;
    return { isUp: knowsKeys && knowsEndings, details };
  }

  onNotificationKnown(listener: (ms: number) => void): () => void {
    return this.counters.onNotificationKnown(listener);
  }

  /** However many ask at the same time, the issuer is asked once. */
  private answers(introspection: Introspection): Promise<boolean> {
    this.asking ??= introspection.answers().finally(() => (this.asking = undefined));
    return this.asking;
  }
}
