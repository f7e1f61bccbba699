import type { MemoryAccess } from '../../../stores/feature-store.js';
import {
  type ActionPurpose,
  type ActionTokenReading,
  type ActionTokenRow,
  isUsable,
} from './action-token.js';
import {
  ActionTokenStore,
  type DueEnding,
  ENDING_GRACE_MS,
  MOST_LIVE,
  MOST_LIVE_OF_SUBJECT,
  NEVER_DUE,
  type NewActionToken,
  OWING_KEPT_MS,
} from './action-token-store.js';

/** ActionTokenStore in memory. Nothing here is awaited: each call is one step. */
export class MemoryActionTokenStore extends ActionTokenStore {
  private readonly tokens = new Map<string, ActionTokenRow>();

  constructor(private readonly access: Pick<MemoryAccess, 'clock' | 'credentialVersion'>) {
    super();
  }

  async create(
    { lifetimeMs, ...token }: NewActionToken,
    contextHashes: readonly string[] = [],
  ): Promise<boolean> {
    const now = this.access.clock.now();
    const isProving = token.binding === null;
    const live = this.all().filter(
      (row) =>
        row.subject === token.subject && row.purpose === token.purpose && isUsable(this.readingOf(row)),
    );
    const own = live.filter(({ askerHash }) => askerHash === token.askerHash);
    const isHeld = this.all().some(
      (row) =>
        row.subject === token.subject &&
        row.binding !== null &&
        row.endingDue !== null &&
        row.expiresAt > now &&
        !contextHashes.includes(row.contextHash ?? ''),
    );
    if (isProving && (isHeld || own.length >= MOST_LIVE || live.length >= MOST_LIVE_OF_SUBJECT)) return false;
    this.put({
      ...token,
      credentialVersion: isProving ? this.access.credentialVersion(token.subject) : null,
      createdAt: now,
      expiresAt: now + lifetimeMs,
      spentAt: null,
      endingDue: null,
    });
    return true;
  }

  async find(id: string): Promise<ActionTokenReading | null> {
    const row = this.tokens.get(id);
    return row ? this.readingOf(row) : null;
  }

  async ofAsker(purpose: ActionPurpose, askerHash: string): Promise<readonly ActionTokenReading[]> {
    return this.all()
      .filter((row) => row.purpose === purpose && row.askerHash === askerHash && row.spentAt === null)
      .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
      .slice(0, MOST_LIVE)
      .map((row) => this.readingOf(row));
  }

  async redeem(id: string, owesEnding: boolean): Promise<boolean> {
    const row = this.tokens.get(id);
    if (!row || !isUsable(this.readingOf(row))) return false;
    const now = this.access.clock.now();
    const owed = owesEnding && { endingDue: now + ENDING_GRACE_MS, expiresAt: now + OWING_KEPT_MS };
    this.put({ ...row, spentAt: now, ...owed });
    const isLater = (other: ActionTokenRow): boolean =>
      other.subject === row.subject && other.binding !== null && other.createdAt > row.createdAt;
    if (row.binding === null)
      this.end((other) => other.subject === row.subject && other.purpose === row.purpose);
    else {
      this.end((other) => other.subject === row.subject && other.binding === null);
      this.end(isLater);
      for (const other of this.all().filter(isLater)) this.put({ ...other, endingDue: null });
    }
    return true;
  }

  async reopen(id: string, isDue: boolean): Promise<void> {
    const row = this.tokens.get(id);
    if (!row || row.binding === null || row.endingDue === null) return;
    this.put({ ...row, spentAt: null, ...(!isDue && { endingDue: NEVER_DUE }) });
  }

  async settle(id: string): Promise<void> {
    const row = this.tokens.get(id);
    if (row) this.put({ ...row, endingDue: null });
  }

  async endAll(subject: string, purposes: readonly ActionPurpose[]): Promise<number> {
    return this.end(
      (row) => row.subject === subject && row.binding === null && purposes.includes(row.purpose),
    );
  }

  async due(limit: number): Promise<readonly DueEnding[]> {
    const now = this.access.clock.now();
    const due = this.all()
      .filter(({ endingDue }) => endingDue !== null && endingDue <= now)
      .sort((a, b) => a.endingDue! - b.endingDue!)
      .slice(0, limit);
    for (const row of due)
      this.put({ ...row, endingDue: now + ENDING_GRACE_MS, spentAt: row.spentAt ?? now });
    return due.map(({ id, purpose, subject, contextHash }) => ({ id, purpose, subject, contextHash }));
  }

  async sweep(limit: number): Promise<number> {
    const now = this.access.clock.now();
    const past = this.all()
      .filter(({ expiresAt }) => expiresAt < now)
      .slice(0, limit);
    for (const { id } of past) this.tokens.delete(id);
    return past.length;
  }

  private end(which: (row: ActionTokenRow) => boolean): number {
    const now = this.access.clock.now();
    const ended = this.all().filter((row) => row.spentAt === null && which(row));
    for (const row of ended) this.put({ ...row, spentAt: now });
    return ended.length;
  }

  private readingOf(row: ActionTokenRow): ActionTokenReading {
    return {
      row,
      now: this.access.clock.now(),
      credentialVersionNow: this.access.credentialVersion(row.subject),
    };
  }

  private all(): readonly ActionTokenRow[] {
    return [...this.tokens.values()];
  }

  private put(row: ActionTokenRow): void {
    this.tokens.set(row.id, row);
  }
}
