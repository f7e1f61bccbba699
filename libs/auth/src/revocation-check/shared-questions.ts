import { StoreUnavailableError } from '../errors/auth-error.js';

/** Far more than a pool has connections: past it the database is not keeping up, and waiting in line only adds to it. */
const MAX_KEYS = 1_000;

/** A question that was sent, and the one that is sent when it has been answered. */
interface Asked<T> {
  readonly current: Promise<T>;
  next: Promise<T> | null;
}

/**
 * Questions to a store, one at a time for each key. A caller that comes while one is under way shares the next question with
 * all others that come meanwhile: a question that was sent before the call may miss a change.
 */
export class SharedQuestions<T> {
  private readonly asked = new Map<string, Asked<T>>();

  constructor(private readonly maxKeys = MAX_KEYS) {}

  /** Throws what the question throws, and StoreUnavailableError while too many different ones are under way. */
  async ask(key: string, question: () => Promise<T>): Promise<T> {
    const asked = this.asked.get(key);
    if (!asked && this.asked.size >= this.maxKeys)
      throw new StoreUnavailableError({ cause: new Error('too many reads are running') });
    if (!asked) return this.send(key, question);
    const send = (): Promise<T> => this.send(key, question);
    return (asked.next ??= asked.current.then(send, send));
  }

  private send(key: string, question: () => Promise<T>): Promise<T> {
    const asked: Asked<T> = { current: question(), next: null };
    this.asked.set(key, asked);
    const end = (): void => {
      if (!asked.next) this.asked.delete(key);
    };
    asked.current.then(end, end);
    return asked.current;
  }
}
