import { AuthError, StoreUnavailableError } from '../errors/auth-error.js';
import type { Clock } from '../time/clock.js';
import { inTime } from '../time/deadline.js';
import type { WatchedCredential } from './watched-credential.js';

/** How many questions are under way at once. */
const MAX_ASKING = 32;
/** A custom store may have no deadline of its own. */
const DEADLINE_MS = 5_000;

interface Doubt {
  /** By the monotonic clock. */
  readonly since: number;
  /** The table must be asked, and no cache. */
  isExact: boolean;
  state: 'waiting' | 'asking' | 'unanswered';
  /** Another reason came while a question was under way: its answer may be too old. */
  again: boolean;
}

/** What becomes of a credential that was asked about. */
export interface Answers {
  good(credential: WatchedCredential): void;
  ended(credential: WatchedCredential, error: AuthError): void;
}

/**
 * Asks about credentials that memory cannot tell about, a few at a time and each once. What no answer comes for within the limit
 * is ended as an outage, never as signed out.
 */
export class CredentialQuestions {
  private readonly doubts = new Map<WatchedCredential, Doubt>();
  private readonly queue = new Set<WatchedCredential>();
  private asking = 0;
  private isScheduled = false;

  constructor(
    private readonly limitMs: number,
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly answers: Answers,
  ) {}

  /** Asks about a credential soon. `isExact`: the table, also where a cache might answer. */
  ask(credential: WatchedCredential, isExact = false): void {
    const doubt = this.doubts.get(credential);
    if (!doubt) {
      this.doubts.set(credential, {
        since: this.clock.monotonic(),
        isExact,
        state: 'waiting',
        again: false,
      });
      this.enqueue(credential);
      return;
    }
    doubt.isExact ||= isExact;
    if (doubt.state === 'asking') doubt.again = true;
    else if (doubt.state === 'unanswered') this.repeat(credential, doubt);
  }

  delete(credential: WatchedCredential): void {
    this.doubts.delete(credential);
    this.queue.delete(credential);
  }

  /** Asks once more about what had no answer, and ends what had none for too long. */
  tick(): void {
    const now = this.clock.monotonic();
    for (const [credential, doubt] of this.doubts) {
      if (now - doubt.since > this.limitMs)
        this.answers.ended(credential, new StoreUnavailableError({ cause: new Error('no answer in time') }));
      else if (doubt.state === 'unanswered') this.repeat(credential, doubt);
    }
  }

  private repeat(credential: WatchedCredential, doubt: Doubt): void {
    doubt.state = 'waiting';
    this.enqueue(credential);
  }

  private enqueue(credential: WatchedCredential): void {
    this.queue.add(credential);
    if (this.isScheduled) return;
    this.isScheduled = true;
    // Not at once: the caches that a change empties are empty by then.
    queueMicrotask(() => {
      this.isScheduled = false;
      this.pump();
    });
  }

  private pump(): void {
    for (const credential of this.queue) {
      if (this.asking >= MAX_ASKING) return;
      this.queue.delete(credential);
      this.asking++;
      void this.question(credential, this.doubts.get(credential)!).finally(() => {
        this.asking--;
        this.pump();
      });
    }
  }

  private async question(credential: WatchedCredential, doubt: Doubt): Promise<void> {
    doubt.state = 'asking';
    doubt.again = false;
    const error = await errorOf(inTime(DEADLINE_MS, credential.ask(doubt.isExact ? 0 : null)));
    // It may have been released, and asked about anew.
    if (this.doubts.get(credential) !== doubt) return;
    if (error) {
      if (!(error instanceof AuthError) || error instanceof StoreUnavailableError) doubt.state = 'unanswered';
      else this.answers.ended(credential, error);
    } else if (doubt.again) this.repeat(credential, doubt);
    else {
      this.doubts.delete(credential);
      this.answers.good(credential);
    }
  }
}

async function errorOf(work: Promise<void>): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error ?? new Error('rejected with nothing');
  }
}
