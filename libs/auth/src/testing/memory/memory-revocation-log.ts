import type { RevocationEvent, RevocationEventKind } from '../../revocation/revocation-event.js';
import { RevocationLog, type RevocationLogReading } from '../../revocation/revocation-log.js';
import type { Clock } from '../../time/clock.js';

/** A day, in milliseconds: how long a revocation matters. */
export const REVOCATION_LIFE_MS = 24 * 60 * 60_000;

/** RevocationLog in memory. Each revocation is of use for a day. */
export class MemoryRevocationLog extends RevocationLog {
  private written: RevocationEvent[] = [];
  private newest = 0;
  /** To be called with each sign-in that has ended by itself, not with its whole subject: ends what ends with it. */
  afterEnd: (signInId: string) => void = () => undefined;

  constructor(private readonly clock: Pick<Clock, 'now'>) {
    super();
  }

  write(kind: RevocationEventKind, value: string, epoch: number | null = null): void {
    const createdAt = this.clock.now();
    if (kind !== 'sign_in' && kind !== 'token')
      this.written = this.written.filter((one) => one.kind !== kind || one.value !== value);
    this.written.push({
      id: ++this.newest,
      kind,
      value,
      epoch,
      createdAt,
      expiresAt: createdAt + REVOCATION_LIFE_MS,
    });
  }

  async readAfter(after: number, limit: number): Promise<RevocationLogReading> {
    return this.reading(({ id }) => id > after, limit);
  }

  async readOf(ids: readonly number[]): Promise<RevocationLogReading> {
    return this.reading(({ id }) => ids.includes(id), ids.length);
  }

  /** The values of all of a kind, in order. */
  of(kind: RevocationEventKind): string[] {
    return this.written.filter((one) => one.kind === kind).map(({ value }) => value);
  }

  sweep(limit: number): number {
    const now = this.clock.now();
    const past = new Set(this.written.filter(({ expiresAt }) => expiresAt < now).slice(0, limit));
    this.written = this.written.filter((one) => !past.has(one));
    return past.size;
  }

  private reading(asked: (one: RevocationEvent) => boolean, limit: number): RevocationLogReading {
    const now = this.clock.now();
    const live = this.written.filter((one) => one.expiresAt > now && asked(one));
    return { revocations: live.slice(0, limit), now };
  }
}
