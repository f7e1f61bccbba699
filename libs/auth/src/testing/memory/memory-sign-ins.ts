import { isLive } from '../../subjects/sign-in-limit.js';
import type { Clock } from '../../time/clock.js';
import type { MemoryRevocationLog } from './memory-revocation-log.js';

/** What rows of sessions and of families have in common. */
interface SignInRow {
  readonly id: string;
  readonly subject: string;
  readonly idleExpiresAt: number;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
  readonly revokedReason: string | null;
}

/**
 * The rows of sessions, or those of families, by id. Nothing here is awaited, so whatever a store does with it between
 * two awaits is one transaction.
 */
export class MemorySignIns<Row extends SignInRow> {
  private readonly rows = new Map<string, Row>();

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly revocations: MemoryRevocationLog,
  ) {}

  get(id: string): Row | null {
    return this.rows.get(id) ?? null;
  }

  of(subject: string): Row[] {
    return [...this.rows.values()].filter((row) => row.subject === subject);
  }

  put(row: Row): void {
    this.rows.set(row.id, row);
  }

  /** Ends a live one, of this subject where one is given. Whether it did. */
  revoke(id: string, reason: string, subject?: string): boolean {
    const row = this.rows.get(id);
    if (!row || !isLive(row, this.clock.now())) return false;
    if (subject !== undefined && row.subject !== subject) return false;
    this.end(id, reason);
    return true;
  }

  /** Ends those of a subject but the spared ones; how many. */
  endOf(subject: string, reason: string, spared: readonly string[] = []): number {
    const ending = this.of(subject).filter(({ id, revokedAt }) => revokedAt === null && !spared.includes(id));
    for (const { id } of ending) this.endAlone(id, reason);
    return ending.length;
  }

  eraseOf(subject: string): void {
    for (const { id } of this.of(subject)) this.rows.delete(id);
  }

  sweep(limit: number): number {
    const now = this.clock.now();
    const past = [...this.rows.values()].filter(({ expiresAt }) => expiresAt < now).slice(0, limit);
    for (const { id } of past) this.rows.delete(id);
    return past.length;
  }

  /** Makes one `ms` older: every instant of its row moves back by that much. */
  age(id: string, ms: number): void {
    const row = this.rows.get(id);
    if (!row) return;
    const moved = Object.entries(row).map(([member, value]) => [
      member,
      member.endsWith('At') && value !== null ? (value as number) - ms : (value as unknown),
    ]);
    this.put(Object.fromEntries(moved) as Row);
  }

  /** Ends one that is there, whatever its limits say. */
  end(id: string, reason: string): void {
    if (this.endAlone(id, reason)) this.revocations.afterEnd(id);
  }

  private endAlone(id: string, reason: string): boolean {
    const row = this.rows.get(id);
    if (!row) return false;
    this.put({ ...row, revokedAt: this.clock.now(), revokedReason: reason });
    this.revocations.write('sign_in', row.id);
    return true;
  }
}
