import { Observable, type OperatorFunction } from 'rxjs';
import type { AuthError } from '../errors/auth-error.js';

/** Where the credential of a connection is watched. */
export interface Watching {
  begin(principal: object, live: LiveSignIn): void;
  leave(principal: object, live: LiveSignIn): void;
}

/**
 * One connection's view of its sign-in, from `LiveSignIns.liveUntilSignedOut`. It begins when `signal`, `onEnd` or a
 * subscription is first used, and ends once: with the error that a request with the same credential would get. Call `release` when
 * the connection closes by itself; `operator` does so when its subscription ends.
 *
 * @example
 * ```ts
 * import type { LiveSignIns, Principal } from 'nestjs-aerie';
 *
 * export async function download(live: LiveSignIns, user: Principal, url: string) {
 *   const signedIn = live.liveUntilSignedOut(user);
 *   try {
 *     return await (await fetch(url, { signal: signedIn.signal })).text();
 *   } finally {
 *     signedIn.release();
 *   }
 * }
 * ```
 */
export class LiveSignIn {
  private controller: AbortController | null = null;
  private readonly listeners = new Set<(reason: AuthError) => void>();
  private state: 'new' | 'watched' | 'ended' | 'released' = 'new';
  private error: AuthError | null = null;

  /** @internal */
  constructor(
    private readonly watching: Watching,
    private readonly principal: object,
  ) {}

  /** Why it has ended; null: it has not. */
  get reason(): AuthError | null {
    return this.error;
  }

  /**
   * Aborts when the sign-in, its user's sign-ins or its token ends or expires, and at once if that has happened. Its `reason` is the
   * AuthError: its `code` tells a client whether to refresh, to connect again or to sign in.
   */
  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      this.onEnd((reason) => this.controller!.abort(reason));
    }
    return this.controller.signal;
  }

  /** Calls `listener` once, when the sign-in has ended; at once if it has. Returns a function that stops it. */
  onEnd(listener: (reason: AuthError) => void): () => void {
    this.begin();
    if (this.error) listener(this.error);
    else if (this.state === 'watched') this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /**
   * Passes an Observable on until the sign-in ends. Then it fails with the AuthError; with `last` it emits one more value, made of
   * that error, and completes. The connection is released when the subscription ends.
   */
  operator<T, L = T>(last?: (reason: AuthError) => L): OperatorFunction<T, T | L> {
    return (source) =>
      new Observable<T | L>((subscriber) => {
        // Subscribed to again, as `retry` does: a watch of its own.
        const live = this.state === 'released' ? new LiveSignIn(this.watching, this.principal) : this;
        subscriber.add(() => live.release());
        live.onEnd((reason) => {
          if (!last) return subscriber.error(reason);
          try {
            subscriber.next(last(reason));
          } catch (error) {
            return subscriber.error(error);
          }
          subscriber.complete();
        });
        if (!subscriber.closed) subscriber.add(source.subscribe(subscriber));
      });
  }

  /** The connection has closed: nothing is watched for it any more, and nothing ends. May be called more than once. */
  release(): void {
    if (this.state === 'watched') this.watching.leave(this.principal, this);
    if (this.state !== 'ended') this.state = 'released';
    this.listeners.clear();
  }

  /** The same as `release`, for `using`. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** Calls every listener, also after one that throws; throws what the first of those threw. @internal */
  end(reason: AuthError): void {
    if (this.state !== 'watched') return;
    this.state = 'ended';
    this.error = reason;
    const listeners = [...this.listeners];
    this.listeners.clear();
    const errors: unknown[] = [];
    for (const listener of listeners) {
      try {
        listener(reason);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  private begin(): void {
    if (this.state !== 'new') return;
    this.state = 'watched';
    this.watching.begin(this.principal, this);
  }
}
