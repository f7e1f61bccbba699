import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { AuthCounters } from '../audit/auth-counters.js';
import { AccessTokenRevokedError, StoreUnavailableError } from '../errors/auth-error.js';
import { RevocationFeed } from '../revocation/revocation-feed.js';
import type { RevocationIndex } from '../revocation/revocation-index.js';
import { RevocationLogReader } from '../revocation/revocation-log-reader.js';
import { MemoryRevocationLog } from '../testing/memory/memory-revocation-log.js';
import { Clock } from '../time/clock.js';
import { StoreClock } from '../time/store-clock.js';
import { LiveSignIn } from './live-sign-in.js';
import { SignInWatch, type WatchRules } from './sign-in-watch.js';
import { WatchedCredential } from './watched-credential.js';

const POLL_MS = 1_000;
const STALE_MS = 5_000;
/** How long a round of questions may take. */
const ROUND_MS = STALE_MS / 2;

class HandClock extends Clock {
  at = 1_800_000_000_000;
  now = (): number => this.at;
  monotonic = (): number => this.at;
}

/** A token of a sign-in, whose record a test decides on. */
class TestToken extends WatchedCredential {
  readonly names;
  dueAt = Infinity;
  /** As the idle limit of a session. */
  mayHaveMoved = false;
  record: 'live' | 'ended' | 'down' | 'silent' = 'live';
  readonly asked: (number | null)[] = [];
  answers: (() => void)[] = [];

  constructor(
    principal: object,
    readonly signIn: string,
  ) {
    super(principal);
    this.names = { signIn, subject: 'ada', token: `jti of ${signIn}`, client: null };
  }

  refuseIfKnown(index: RevocationIndex | null): boolean {
    if (index?.hasEnded(this.signIn)) throw new AccessTokenRevokedError();
    return false;
  }

  refuseIfExpired(): void {
    if (!this.mayHaveMoved) throw new AccessTokenRevokedError();
  }

  async ask(maxStalenessMs: number | null): Promise<void> {
    this.asked.push(maxStalenessMs);
    if (this.record === 'silent') await new Promise<void>((resolve) => this.answers.push(resolve));
    if (this.record === 'ended') throw new AccessTokenRevokedError();
    if (this.record === 'down') throw new StoreUnavailableError();
  }
}

describe('the watch of open connections', () => {
  let clock: HandClock;
  let log: MemoryRevocationLog;
  let feed: RevocationFeed;
  let watch: SignInWatch;
  let tokens: Map<object, TestToken>;

  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.at += 100;
      await jest.advanceTimersByTimeAsync(100);
    }
  };
  const watchWith = (followed: RevocationFeed | null, rules: Partial<WatchRules> = {}): SignInWatch => {
    const whole = {
      maxStalenessMs: STALE_MS,
      onUnavailable: 'refuse',
      asksAboutTokens: true,
      ...rules,
    } as const;
    return new SignInWatch(followed, whole, clock, (principal) => {
      const { signIn } = principal as { signIn: string };
      const token = new TestToken(principal, signIn);
      tokens.set(principal, token);
      return token;
    });
  };
  /** A connection of a sign-in, and what it came to. */
  const connect = (signIn: string) => {
    const principal = { signIn };
    const live = new LiveSignIn(watch, principal);
    const ends: string[] = [];
    live.onEnd(({ code }) => ends.push(code));
    return { live, ends, token: tokens.get(principal)! };
  };

  beforeEach(async () => {
    Logger.overrideLogger(false);
    jest.useFakeTimers({ doNotFake: ['queueMicrotask'] });
    clock = new HandClock();
    log = new MemoryRevocationLog(clock);
    tokens = new Map();
    const limits = { pollIntervalMs: POLL_MS, maxStalenessMs: STALE_MS, maxEntries: 1_000 };
    const reader = new RevocationLogReader(log, 1_000, clock);
    feed = new RevocationFeed(reader, limits, clock, new StoreClock(clock), null, new AuthCounters());
    await feed.start();
    watch = watchWith(feed);
  });
  afterEach(async () => {
    watch.stop();
    await feed.stop();
    jest.useRealTimers();
  });
  const outage = () => (log.readAfter = () => Promise.reject(new StoreUnavailableError()));

  describe('while the feed is fresh', () => {
    it('ends a connection with its sign-in, and no other one; and asks no record', async () => {
      const [ended, other] = [connect('a'), connect('b')];
      log.write('sign_in', 'a');
      await pass(POLL_MS);
      expect([ended.ends, other.ends]).toEqual([['AUTH_ACCESS_TOKEN_REVOKED'], []]);
      expect([ended.token.asked, other.token.asked, watch.size]).toEqual([[], [], 1]);
    });

    it('ends at once what this process has ended', async () => {
      const { live, ends } = connect('a');
      feed.revokedHere([{ kind: 'sign_in', value: 'a', epoch: null, lifeMs: 60_000 }]);
      await Promise.resolve();
      expect(ends).toEqual(['AUTH_ACCESS_TOKEN_REVOKED']);
      expect(live.signal.reason).toBeInstanceOf(AccessTokenRevokedError);
    });

    it('loses no revocation between the check of the guard and the connection', async () => {
      log.write('sign_in', 'a');
      await pass(POLL_MS);
      const { live, ends } = connect('a');
      expect([ends, live.signal.aborted, watch.size]).toEqual([['AUTH_ACCESS_TOKEN_REVOKED'], true, 0]);
    });

    it('ends every connection of a credential, and tells each of them once', async () => {
      const principal = { signIn: 'a' };
      const ends: number[] = [];
      for (let i = 0; i < 3; i++) new LiveSignIn(watch, principal).onEnd(() => ends.push(i));
      log.write('sign_in', 'a');
      await pass(2 * POLL_MS);
      expect([ends, watch.size]).toEqual([[0, 1, 2], 0]);
    });

    it('ends the others too when a listener of the application throws', async () => {
      const principal = { signIn: 'a' };
      const ends: string[] = [];
      const thrower = new LiveSignIn(watch, principal);
      thrower.onEnd(() => {
        throw new Error('a mistake of the application');
      });
      thrower.onEnd(() => ends.push('the same'));
      new LiveSignIn(watch, principal).onEnd(() => ends.push('another'));
      log.write('sign_in', 'a');
      await pass(POLL_MS);
      expect([ends, watch.size]).toEqual([['the same', 'another'], 0]);
    });

    it('has no timer and hears nothing once the last connection has closed', async () => {
      const timers = jest.getTimerCount();
      const [one, other] = [connect('a'), connect('b')];
      expect(jest.getTimerCount()).toBe(timers + 1);
      one.live.release();
      other.live.release();
      other.live.release();
      expect([jest.getTimerCount(), watch.size]).toEqual([timers, 0]);
      log.write('sign_in', 'a');
      await pass(POLL_MS);
      expect([one.ends, one.live.signal.aborted]).toEqual([[], false]);
    });

    it('begins nothing before it is used', () => {
      const live = new LiveSignIn(watch, { signIn: 'a' });
      expect(watch.size).toBe(0);
      live.release();
      expect([live.signal.aborted, watch.size]).toEqual([false, 0]);
    });

    it('ends what has expired, up to a tick later', async () => {
      const { ends, token } = connect('a');
      token.dueAt = clock.at + 10_000;
      // Its answer puts it in its place.
      watch.keysChanged();
      await pass(9_900);
      expect(ends).toEqual([]);
      await pass(2_100);
      expect(ends).toEqual(['AUTH_ACCESS_TOKEN_REVOKED']);
    });

    it('asks about none that was closed while another one expired', async () => {
      const [first, closed] = [connect('a'), connect('b')];
      closed.token.mayHaveMoved = true;
      for (const { token } of [first, closed]) token.dueAt = clock.at + 10_000;
      // Their answers put them in their places.
      watch.keysChanged();
      first.live.onEnd(() => closed.live.release());
      await pass(12_000);
      expect([first.ends, closed.ends, watch.size]).toEqual([['AUTH_ACCESS_TOKEN_REVOKED'], [], 0]);
      expect(closed.token.asked).toHaveLength(1);
    });

    it('asks about tokens again when keys came or went', async () => {
      const { token, ends } = connect('a');
      token.record = 'ended';
      watch.keysChanged();
      await pass(100);
      expect(ends).toEqual(['AUTH_ACCESS_TOKEN_REVOKED']);
    });
  });

  describe('while the feed is stale', () => {
    it('refuse: ends them as an outage, and not before the highest age', async () => {
      const { ends } = connect('a');
      outage();
      await pass(STALE_MS - POLL_MS);
      expect(ends).toEqual([]);
      await pass(POLL_MS + 1_500);
      expect(ends).toEqual(['AUTH_STORE_UNAVAILABLE']);
    });

    it('refuse: a poll that comes late makes it fresh, and nothing ends', async () => {
      const { ends } = connect('a');
      const { readAfter } = log;
      outage();
      await pass(STALE_MS - POLL_MS);
      log.readAfter = readAfter;
      await pass(3 * STALE_MS);
      expect(ends).toEqual([]);
    });

    it('allow: they stay', async () => {
      watch = watchWith(feed, { onUnavailable: 'allow' });
      const { ends, token } = connect('a');
      outage();
      await pass(4 * STALE_MS);
      expect([ends, token.asked]).toEqual([[], []]);
    });

    it('lookup: each is asked about, again and again, and ends when its record says so', async () => {
      watch = watchWith(feed, { onUnavailable: 'lookup' });
      const [kept, ended] = [connect('a'), connect('b')];
      outage();
      await pass(2 * STALE_MS);
      expect([kept.ends, ended.ends]).toEqual([[], []]);
      ended.token.record = 'ended';
      await pass(ROUND_MS + 1_000);
      expect([kept.ends, ended.ends]).toEqual([[], ['AUTH_ACCESS_TOKEN_REVOKED']]);
      expect(kept.token.asked.length).toBeGreaterThan(1);
      expect(kept.token.asked.length).toBeLessThan(6);
    });

    it.each(['down', 'silent'] as const)(
      'lookup: one whose record is %s for too long ends as an outage',
      async (record) => {
        watch = watchWith(feed, { onUnavailable: 'lookup' });
        const { ends, token } = connect('a');
        outage();
        token.record = record;
        await pass(STALE_MS + ROUND_MS);
        expect(ends).toEqual([]);
        await pass(2_500);
        expect(ends).toEqual(['AUTH_STORE_UNAVAILABLE']);
        for (const answer of token.answers) answer();
        await pass(STALE_MS);
        expect([ends, watch.size]).toEqual([['AUTH_STORE_UNAVAILABLE'], 0]);
      },
    );

    it('ends what is known to have ended, however old the knowledge is', async () => {
      watch = watchWith(feed, { onUnavailable: 'allow' });
      const { ends } = connect('a');
      outage();
      await pass(2 * STALE_MS);
      feed.revokedHere([{ kind: 'sign_in', value: 'a', epoch: null, lifeMs: 60_000 }]);
      await Promise.resolve();
      expect(ends).toEqual(['AUTH_ACCESS_TOKEN_REVOKED']);
    });
  });

  it('asks about each while there is too much to keep in memory', async () => {
    const [kept, ended] = [connect('a'), connect('b')];
    for (let i = 0; i < 1_001; i++) log.write('sign_in', `gone ${i}`);
    await pass(2 * POLL_MS);
    expect(feed.status().overflowing).toBe(true);
    ended.token.record = 'ended';
    await pass(ROUND_MS + 1_000);
    expect([kept.ends, ended.ends]).toEqual([[], ['AUTH_ACCESS_TOKEN_REVOKED']]);
    expect(kept.token.asked).not.toEqual([]);
  });

  describe('without a feed', () => {
    it('asks about each within the highest age', async () => {
      watch = watchWith(null);
      const { ends, token } = connect('a');
      await pass(100);
      expect(token.asked).toEqual([null]);
      token.record = 'ended';
      await pass(STALE_MS);
      expect(ends).toEqual(['AUTH_ACCESS_TOKEN_REVOKED']);
    });

    it('asks the record of what this process has ended, at once', async () => {
      watch = watchWith(null, { asksAboutTokens: false });
      const { ends, token } = connect('a');
      await pass(4 * STALE_MS);
      expect(token.asked).toEqual([null]);
      token.record = 'ended';
      watch.heardOwn([{ kind: 'sign_in', value: 'a', epoch: null, lifeMs: 1 }]);
      await pass(100);
      expect([token.asked, ends]).toEqual([[null, 0], ['AUTH_ACCESS_TOKEN_REVOKED']]);
    });

    it('asks again when a reason came while an answer was under way', async () => {
      watch = watchWith(null, { asksAboutTokens: false });
      const { ends, token } = connect('a');
      token.record = 'silent';
      await pass(100);
      watch.heardOwn([{ kind: 'subject_stale', value: 'ada', epoch: 1, lifeMs: 1 }]);
      token.record = 'live';
      token.answers.shift()?.();
      await pass(100);
      expect([ends, token.asked.length]).toEqual([[], 2]);
    });

    it('has few questions under way at once', async () => {
      watch = watchWith(null);
      const connections = Array.from({ length: 200 }, (_, i) => connect(`${i}`));
      for (const { token } of connections) token.record = 'silent';
      await pass(100);
      const under = connections.filter(({ token }) => token.asked.length > 0);
      expect(under).toHaveLength(32);
    });
  });
});
