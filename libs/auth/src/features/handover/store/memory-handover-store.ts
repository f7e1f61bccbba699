import type { MemoryAccess } from '../../../stores/feature-store.js';
import type { MemorySignInLinks } from '../../../stores/sign-in-links.js';
import type { SignInOrigin } from '../../../subjects/given-sign-in.js';
import {
  type HandoverOutcome,
  type HandoverReading,
  type HandoverRow,
  HandoverStore,
  MAX_CHILDREN,
  type NewHandover,
} from './handover-store.js';

/** HandoverStore in memory. Nothing here is awaited: each call is one step. */
export class MemoryHandoverStore extends HandoverStore implements MemorySignInLinks {
  private readonly rows = new Map<string, HandoverRow>();
  private readonly clock: MemoryAccess['clock'];

  constructor({
    clock,
    onSubjectEnded,
    linkSignIns,
  }: Pick<MemoryAccess, 'clock' | 'onSubjectEnded' | 'linkSignIns'>) {
    super();
    this.clock = clock;
    onSubjectEnded((subject, spared) => this.end(subject, spared));
    linkSignIns(this);
  }

  async keep({ lifeMs, ...handover }: NewHandover): Promise<HandoverOutcome> {
    const { parentId } = handover;
    if (this.all.some(({ childId }) => childId === parentId)) return 'from_child';
    if (this.countOf(parentId) >= MAX_CHILDREN) return 'too_many';
    for (const row of this.all)
      if (row.parentId === parentId && row.childId === null) this.rows.delete(row.id);
    const createdAt = this.clock.now();
    this.rows.set(handover.id, { ...handover, childId: null, createdAt, expiresAt: createdAt + lifeMs });
    return 'kept';
  }

  async find(id: string): Promise<HandoverReading | null> {
    const row = this.rows.get(id);
    return row ? { row, now: this.clock.now() } : null;
  }

  async sweep(limit: number): Promise<number> {
    const past = this.all.filter(({ expiresAt }) => expiresAt < this.clock.now()).slice(0, limit);
    for (const { id } of past) this.rows.delete(id);
    return past.length;
  }

  isOpen(subject: string, { parent, link }: SignInOrigin): boolean {
    const row = this.rows.get(link);
    return (
      row?.subject === subject &&
      row.parentId === parent &&
      row.childId === null &&
      row.expiresAt > this.clock.now()
    );
  }

  opened(child: string, expiresAt: number, { link }: SignInOrigin): void {
    this.rows.set(link, { ...this.rows.get(link)!, childId: child, expiresAt });
  }

  childrenOf(parents: readonly string[]): readonly string[] {
    return this.all.flatMap(({ parentId, childId }) =>
      childId && parents.includes(parentId) ? childId : [],
    );
  }

  kinOf(signInId: string): readonly string[] {
    const root = this.all.find(({ childId }) => childId === signInId)?.parentId ?? signInId;
    return [root, ...this.childrenOf([root])];
  }

  replaced(former: string, next: string): void {
    for (const row of this.all) {
      if (row.parentId === former) this.rows.set(row.id, { ...row, parentId: next });
      else if (row.childId === former) this.rows.set(row.id, { ...row, childId: next });
    }
  }

  private get all(): readonly HandoverRow[] {
    return [...this.rows.values()];
  }

  private countOf(parent: string): number {
    const now = this.clock.now();
    return this.all.filter((row) => row.parentId === parent && row.childId !== null && row.expiresAt > now)
      .length;
  }

  private end(subject: string, spared: readonly string[]): void {
    for (const { id, subject: of, childId } of this.all)
      if (of === subject && !(childId !== null && spared.includes(childId))) this.rows.delete(id);
  }
}
