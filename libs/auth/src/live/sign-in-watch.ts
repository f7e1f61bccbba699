import { Logger } from '@nestjs/common';
import { AuthError, StoreUnavailableError } from '../errors/auth-error.js';
import { failureMessage } from '../errors/failure-message.js';
import type { OwnRevocationEvent } from '../revocation/revocation-event.js';
import type { RevocationFeed } from '../revocation/revocation-feed.js';
import type { ResolvedRevocationOptions } from '../revocation/revocation-options.js';
import type { Clock } from '../time/clock.js';
import { CredentialIndex } from './credential-index.js';
import { CredentialQuestions } from './credential-questions.js';
import { DueTimes } from './due-times.js';
import type { LiveSignIn, Watching } from './live-sign-in.js';
import type { WatchedCredential } from './watched-credential.js';

const MAX_TICK_MS = 1_000;
const MIN_TICK_MS = 20;
const CHECKED_AT_ONCE = 500;
/** For how long the poll of a stale feed is waited for. */
const POLL_PATIENCE_MS = 500;

export interface WatchRules {
  /** How old the knowledge may be that a credential is good. */
  readonly maxStalenessMs: number;
  readonly onUnavailable: ResolvedRevocationOptions['onUnavailable'];
  /** Without a feed: whether tokens are asked about from time to time. Sessions always are. */
  readonly asksAboutTokens: boolean;
}

/**
 * Watches the credentials of open connections. Revocations come from the feed at once. A tick ends what has expired, and looks
 * whether the feed is fresh. While the feed is stale or overflows, and where there is none, each credential is asked about as a
 * request with it would be; one that has no answer in time is ended as an outage. Without a connection nothing runs.
 */
export class SignInWatch implements Watching {
  private readonly logger = new Logger('AuthModule');
  private readonly watched = new Map<object, WatchedCredential>();
  private readonly index = new CredentialIndex();
  private readonly due = new DueTimes<WatchedCredential>();
  private readonly changed = new Set<WatchedCredential>();
  private readonly questions: CredentialQuestions;
  private readonly roundMs: number;
  private timer: NodeJS.Timeout | undefined;
  private roundAt = -Infinity;
  private isPolling = false;

  constructor(
    /** Null: this process follows no feed. */
    private readonly feed: RevocationFeed | null,
    private readonly rules: WatchRules,
    private readonly clock: Clock,
    private readonly credentialOf: (principal: object) => WatchedCredential,
  ) {
    // Half of the time until the next round, half for its answers.
    this.roundMs = Math.max(rules.maxStalenessMs, MAX_TICK_MS) / 2;
    this.questions = new CredentialQuestions(this.roundMs, clock, {
      good: (credential) => this.due.set(credential, credential.dueAt),
      ended: (credential, error) => this.end(credential, error),
    });
  }

  /** How many credentials are watched. */
  get size(): number {
    return this.index.size;
  }

  /** Throws TypeError for a principal that cannot be watched. */
  requireKnown(principal: object): void {
    if (!this.watched.has(principal)) this.credentialOf(principal);
  }

  begin(principal: object, live: LiveSignIn): void {
    let credential = this.watched.get(principal);
    if (!credential) {
      credential = this.credentialOf(principal);
      if (this.size === 0) this.start();
      this.watched.set(principal, credential);
      this.index.add(credential);
      this.due.set(credential, credential.dueAt);
    }
    credential.lives.add(live);
    // A revocation that came after the guard's check is in memory by now.
    this.check(credential);
    if (!(this.clock.now() < credential.dueAt)) this.expire(credential);
  }

  leave(principal: object, live: LiveSignIn): void {
    const credential = this.watched.get(principal);
    if (credential?.lives.delete(live) && credential.lives.size === 0) this.forget(credential);
  }

  /** Revocations that this process has committed, where there is no feed. */
  heardOwn(revocations: readonly OwnRevocationEvent[]): void {
    for (const revocation of revocations)
      for (const credential of this.index.namedBy(revocation)) this.questions.ask(credential, true);
  }

  /** Keys came or went: what a token was signed with may be good no more. */
  keysChanged(): void {
    for (const credential of this.index.values())
      if (credential.names.token !== null) this.questions.ask(credential);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.feed?.index.onRevocation(null);
  }

  private start(): void {
    const tickMs = Math.min(MAX_TICK_MS, Math.max(MIN_TICK_MS, this.rules.maxStalenessMs / 5));
    this.timer = setInterval(() => this.tick(), tickMs).unref();
    this.roundAt = this.clock.monotonic();
    this.feed?.index.onRevocation((revocation) => {
      if (this.changed.size === 0) queueMicrotask(() => this.checkChanged());
      for (const credential of this.index.namedBy(revocation)) this.changed.add(credential);
    });
  }

  private tick(): void {
    for (const credential of this.due.take(this.clock.now())) this.expire(credential);
    this.questions.tick();
    if (this.feed) void this.followFeed(this.feed);
    else this.askAll(({ names }) => names.token === null || this.rules.asksAboutTokens);
  }

  /** Does what `onUnavailable` says while the feed cannot tell. The rows of sessions are asked in any case. */
  private async followFeed(feed: RevocationFeed): Promise<void> {
    if (this.isPolling || feed.isFresh()) return;
    this.isPolling = true;
    const isFresh = feed.status().overflowing ? false : await feed.freshen(null, POLL_PATIENCE_MS);
    this.isPolling = false;
    if (isFresh) return;
    const { onUnavailable } = this.rules;
    const isDown = feed.failing && !feed.status().overflowing;
    if (isDown && onUnavailable === 'refuse') {
      const error = new StoreUnavailableError({ cause: new Error('the revocation feed is stale') });
      for (const credential of this.index.values())
        if (credential.names.token !== null) this.end(credential, error);
    }
    this.askAll(({ names }) => names.token === null || !isDown || onUnavailable === 'lookup');
  }

  private askAll(isAsked: (credential: WatchedCredential) => boolean): void {
    const now = this.clock.monotonic();
    if (now - this.roundAt < this.roundMs) return;
    this.roundAt = now;
    for (const credential of this.index.values()) if (isAsked(credential)) this.questions.ask(credential);
  }

  /** After all revocations of one reading: of several that concern a credential, the one that a request would name decides. */
  private checkChanged(): void {
    let checked = 0;
    for (const credential of this.changed) {
      // Thousands may end at once: other requests are served in between.
      if (++checked > CHECKED_AT_ONCE) return void setImmediate(() => this.checkChanged());
      this.changed.delete(credential);
      this.check(credential);
    }
  }

  private check(credential: WatchedCredential): void {
    try {
      const isDoubted = credential.refuseIfKnown(this.feed?.index ?? null);
      if (isDoubted || !this.feed?.isFresh()) this.questions.ask(credential);
    } catch (error) {
      this.end(credential, error);
    }
  }

  private expire(credential: WatchedCredential): void {
    // Its last connection has closed meanwhile: it is not watched any more.
    if (credential.lives.size === 0) return;
    try {
      credential.refuseIfExpired();
      this.questions.ask(credential);
    } catch (error) {
      this.end(credential, error);
    }
  }

  private end(credential: WatchedCredential, error: unknown): void {
    this.forget(credential);
    const reason = error instanceof AuthError ? error : new StoreUnavailableError({ cause: error });
    for (const live of credential.lives) {
      try {
        live.end(reason);
      } catch (failure) {
        // The application's own: it must not keep another connection open.
        this.logger.error(`a listener of a connection that ended has failed: ${failureMessage(failure)}`);
      }
    }
    credential.lives.clear();
  }

  private forget(credential: WatchedCredential): void {
    this.watched.delete(credential.principal);
    this.index.delete(credential);
    this.due.delete(credential);
    this.changed.delete(credential);
    this.questions.delete(credential);
    if (this.size === 0) this.stop();
  }
}
