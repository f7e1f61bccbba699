import { Observable, type Observer, type Operator, type Subscriber, type Subscription } from 'rxjs';

type Next<T> = (value: T) => void;
type Failure = (error: unknown) => void;

/**
 * An observable whose subscribers cannot end the process. RxJS throws what a subscriber throws out of a timer, where
 * no code can catch it; here, and in what `pipe` makes of it, `report` is told instead, and the subscriber hears the
 * next value all the same. Promises that are rejected count as thrown.
 */
export class SafeObservable<T> extends Observable<T> {
  constructor(
    private readonly report: Failure,
    onSubscribe?: (subscriber: Subscriber<T>) => Subscription,
  ) {
    super(onSubscribe);
  }

  /** What operators build on: contained as well. */
  override lift<R>(operator?: Operator<T, R>): Observable<R> {
    const lifted = new SafeObservable<R>(this.report);
    lifted.source = this;
    lifted.operator = operator;
    return lifted;
  }

  override subscribe(observer?: Partial<Observer<T>>): Subscription;
  override subscribe(
    next?: Next<T> | null,
    error?: Failure | null,
    complete?: (() => void) | null,
  ): Subscription;
  override subscribe(
    given?: Partial<Observer<T>> | Next<T> | null,
    error?: Failure | null,
    complete?: (() => void) | null,
  ): Subscription {
    // An operator's own subscriber: the errors of the subscribers after it are caught there.
    if (isSubscriber(given)) return super.subscribe(given);
    const observer: Partial<Observer<T>> =
      typeof given === 'function' || !given
        ? { ...(given && { next: given }), ...(error && { error }), ...(complete && { complete }) }
        : given;
    return super.subscribe({
      next: (value) => this.contain(() => observer.next?.(value)),
      error: (cause: unknown) =>
        observer.error ? this.contain(() => observer.error?.(cause)) : this.report(cause),
      complete: () => this.contain(() => observer.complete?.()),
    });
  }

  private contain(call: () => unknown): void {
    try {
      Promise.resolve(call()).catch(this.report);
    } catch (error) {
      this.report(error);
    }
  }
}

/** As RxJS knows one, its own of another copy included. */
function isSubscriber(value: unknown): value is Subscriber<never> {
  const { next, add, unsubscribe } = (value ?? {}) as Partial<Record<string, unknown>>;
  return [next, add, unsubscribe].every((method) => typeof method === 'function');
}
