import { LRUCache } from 'lru-cache';
import type { RevocationFeed } from '../revocation/revocation-feed.js';
import type { Clock } from '../time/clock.js';
import type { LoadedSubject, UserLoader } from './user-loader.js';

interface CachedUser {
  readonly loaded: LoadedSubject;
  readonly loadedAt: number;
  /** The subject's epoch, as far as it was known when its loading began. */
  readonly epoch: number;
  readonly version: number;
}

/** A change of a user that was not reported shows within this time. */
const BELIEVED_MS = 60_000;

/**
 * Subjects as the user directory gave them, in this process's memory, for the principals of sessions. A change that was
 * reported (`rolesChanged`) shows at once: what was loaded under an older epoch is not believed, and neither is a
 * loading that was under way. Without a feed nothing is kept.
 */
export class UserCache {
  private readonly subjects: LRUCache<string, CachedUser> | null;
  private readonly loading = new Map<string, Promise<LoadedSubject | null>>();

  constructor(
    private readonly loader: UserLoader,
    private readonly feed: RevocationFeed | null,
    private readonly clock: Clock,
    size: number,
  ) {
    this.subjects = feed && size > 0 ? new LRUCache({ max: size }) : null;
  }

  /** The subject, if it was loaded a short while ago and has not changed; the same object for as long as that is so. */
  cached(subject: string): LoadedSubject | undefined {
    const cached = this.subjects?.get(subject);
    return cached && this.isTrue(cached) ? cached.loaded : undefined;
  }

  /** The subject as it is now; null when it is gone or disabled. Throws StoreUnavailableError. */
  async load(subject: string): Promise<LoadedSubject | null> {
    // A feed that is silent may hide a change.
    if (!this.subjects || !this.feed!.isFresh()) return this.loadNow(subject);
    const found = this.cached(subject);
    if (found) return found;
    // One question for all requests that came while nothing changed.
    const { epoch, version } = this.knowledge(subject);
    const key = `${epoch} ${version} ${subject}`;
    let loading = this.loading.get(key);
    if (!loading) {
      const loadedAt = this.clock.monotonic();
      loading = this.loadNow(subject)
        .then((loaded) => {
          if (loaded) this.subjects!.set(subject, { loaded, loadedAt, epoch, version });
          return loaded;
        })
        .finally(() => this.loading.delete(key));
      this.loading.set(key, loading);
    }
    return loading;
  }

  /** The same, asked of the directory. */
  async loadNow(subject: string): Promise<LoadedSubject | null> {
    const epoch = this.feed?.index.epochOf(subject) ?? 0;
    const loaded = await this.loader.load(subject);
    return loaded && { ...loaded, epoch };
  }

  private isTrue({ loaded, loadedAt, epoch, version }: CachedUser): boolean {
    const feed = this.feed!;
    return (
      feed.version === version &&
      feed.index.epochOf(loaded.id) === epoch &&
      this.clock.monotonic() - loadedAt < BELIEVED_MS
    );
  }

  private knowledge(subject: string): { epoch: number; version: number } {
    return { epoch: this.feed!.index.epochOf(subject), version: this.feed!.version };
  }
}
