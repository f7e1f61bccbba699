import { beforeEach, describe, expect, it } from '@jest/globals';
import { NEVER, of, retry, Subject, toArray } from 'rxjs';
import { AccessTokenRevokedError, type AuthError, StoreUnavailableError } from '../errors/auth-error.js';
import { principalOfTest } from '../testing/stand-in-principal.js';
import type { SocketIoClient, WsClient } from './closable-client.js';
import { LiveSignIn } from './live-sign-in.js';
import { LiveSignIns } from './live-sign-ins.js';
import type { SignInWatch } from './sign-in-watch.js';

/** Ends what a test says. */
class HandWatch {
  readonly lives = new Set<LiveSignIn>();
  isDead = false;
  requireKnown = (): void => undefined;
  begin(_: object, live: LiveSignIn): void {
    this.lives.add(live);
    if (this.isDead) this.end();
  }
  leave(_: object, live: LiveSignIn): void {
    this.lives.delete(live);
  }
  end(reason: AuthError = new AccessTokenRevokedError()): void {
    for (const live of this.lives) live.end(reason);
    this.lives.clear();
  }
}

describe('a live sign-in', () => {
  let watch: HandWatch;
  const open = () => new LiveSignIn(watch, {});
  beforeEach(() => {
    watch = new HandWatch();
  });

  describe('as an operator', () => {
    it('passes values on, then fails with the error, and is released', () => {
      const [source, seen] = [new Subject<number>(), [] as unknown[]];
      source
        .pipe(open().operator())
        .subscribe({ next: (value) => seen.push(value), error: ({ code }) => seen.push(code) });
      source.next(1);
      watch.end();
      source.next(2);
      expect([seen, watch.lives.size, source.observed]).toEqual([[1, 'AUTH_ACCESS_TOKEN_REVOKED'], 0, false]);
    });

    it('emits a last value and completes, where it is given one', () => {
      const seen: unknown[] = [];
      NEVER.pipe(
        open().operator(({ code }) => code),
        toArray(),
      ).subscribe((all) => seen.push(all));
      watch.end();
      expect(seen).toEqual([['AUTH_ACCESS_TOKEN_REVOKED']]);
    });

    it('fails with what the last value throws', () => {
      const errors: unknown[] = [];
      const last = (): never => {
        throw new Error('a mistake');
      };
      NEVER.pipe(open().operator(last)).subscribe({ error: ({ message }) => errors.push(message) });
      watch.end();
      expect(errors).toEqual(['a mistake']);
    });

    it('does not subscribe to the source once it has ended', () => {
      watch.isDead = true;
      const source = new Subject<number>();
      const codes: unknown[] = [];
      source.pipe(open().operator()).subscribe({ error: ({ code }) => codes.push(code) });
      expect([codes, source.observed]).toEqual([['AUTH_ACCESS_TOKEN_REVOKED'], false]);
    });

    it('is released when the source completes, and when the subscriber leaves', () => {
      of(1).pipe(open().operator()).subscribe();
      expect(watch.lives.size).toBe(0);
      const subscription = NEVER.pipe(open().operator()).subscribe();
      expect(watch.lives.size).toBe(1);
      subscription.unsubscribe();
      expect(watch.lives.size).toBe(0);
    });

    it('watches anew when it is subscribed to again', () => {
      let tries = 0;
      const failing = new Subject<number>();
      failing
        .pipe(open().operator(), retry({ count: 1, delay: () => (tries++, of(0)) }))
        .subscribe({ error: () => undefined });
      watch.end();
      expect([tries, watch.lives.size]).toEqual([1, 0]);
    });
  });

  it('aborts its signal with the error, also when it is asked for afterwards', () => {
    const live = open();
    const early = live.signal;
    watch.end();
    const late = open();
    watch.isDead = true;
    for (const signal of [early, late.signal])
      expect([signal.aborted, signal.reason]).toEqual([true, expect.any(AccessTokenRevokedError)]);
    expect(live.reason).toBe(early.reason);
  });

  it('tells a listener that has been stopped nothing', () => {
    const seen: string[] = [];
    const live = open();
    const stop = live.onEnd(() => seen.push('stopped'));
    live.onEnd(() => seen.push('other'));
    stop();
    watch.end();
    expect(seen).toEqual(['other']);
  });

  it('is released by `using`, and begins no more', () => {
    const live = open();
    void live.signal;
    live[Symbol.dispose]();
    watch.end();
    live.onEnd(() => undefined);
    expect([live.signal.aborted, live.reason, watch.lives.size]).toEqual([false, null, 0]);
  });
});

describe('a client of a gateway', () => {
  let watch: HandWatch;
  let lives: LiveSignIns;
  let done: unknown[];
  let gone: (() => void)[];
  const user = principalOfTest({ id: 'ada' }, 0);
  beforeEach(() => {
    watch = new HandWatch();
    lives = new LiveSignIns(watch as unknown as SignInWatch);
    [done, gone] = [[], []];
  });
  const ws = (readyState = 1): WsClient => ({
    readyState,
    close: (...frame) => void done.push(frame),
    once: (_, listener) => gone.push(listener),
    removeAllListeners: () => undefined,
  });
  const socketIo = (disconnected = false): SocketIoClient => ({
    disconnected,
    emit: (...event) => done.push(event),
    disconnect: (close) => done.push(close),
    once: (_, listener) => gone.push(listener),
  });

  it('of ws gets a close frame: 4401, or 1013 during an outage', () => {
    lives.closeWhenSignedOut(ws(), user);
    watch.end();
    lives.closeWhenSignedOut(ws(), user);
    watch.end(new StoreUnavailableError());
    expect(done).toEqual([
      [4401, 'AUTH_ACCESS_TOKEN_REVOKED'],
      [1013, 'AUTH_STORE_UNAVAILABLE'],
    ]);
  });

  it('of Socket.IO gets an exception, and is disconnected', () => {
    lives.closeWhenSignedOut(socketIo(), user);
    watch.end();
    expect(done).toEqual([
      ['exception', { status: 'error', code: 'AUTH_ACCESS_TOKEN_REVOKED', message: expect.any(String) }],
      true,
    ]);
  });

  it.each([ws, socketIo])('is watched once, by its newest principal, until it goes', (make) => {
    const client = make();
    const former = lives.closeWhenSignedOut(client, user);
    const latest = lives.closeWhenSignedOut(client, user);
    expect([...watch.lives]).toEqual([latest]);
    expect(former).not.toBe(latest);
    expect(gone).toHaveLength(1);
    gone[0]!();
    expect([watch.lives.size, done]).toEqual([0, []]);
  });

  it.each([
    ['ws', () => ws(3)],
    ['Socket.IO', () => socketIo(true)],
  ])('of %s that has gone already is not watched', (_, make) => {
    lives.closeWhenSignedOut(make(), user);
    expect(watch.lives.size).toBe(0);
  });

  it('that goes while a new token is checked is not watched', () => {
    let state = 1;
    const client = Object.defineProperty(ws(), 'readyState', { get: () => state });
    lives.closeWhenSignedOut(client, user);
    state = 3;
    gone[0]!();
    lives.closeWhenSignedOut(client, user);
    expect(watch.lives.size).toBe(0);
  });
});
