import type { MemorySignInLinks } from '../../stores/sign-in-links.js';
import type { SignInOrigin } from '../../subjects/given-sign-in.js';
import { isLive } from '../../subjects/sign-in-limit.js';

interface LinkedRow {
  readonly id: string;
  readonly subject: string;
  readonly globalEpoch: number;
  readonly idleExpiresAt: number;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
}
interface LinkedRows {
  get(id: string): LinkedRow | null;
  end(id: string, reason: string): void;
}

/** Sign-ins that live and end as one, in memory. Without a feature that links them it does nothing. */
export class MemoryLinkedSignIns {
  links: MemorySignInLinks | null = null;
  private readonly kinds: LinkedRows[] = [];

  constructor(
    private readonly clock: { now(): number },
    private readonly subjects: { readonly globalEpoch: number },
  ) {}

  covers(rows: LinkedRows): void {
    this.kinds.push(rows);
  }

  /** Whether a child of this origin may be opened. */
  admits(subject: string, origin: SignInOrigin | undefined): boolean {
    if (!origin) return true;
    const parent = this.find(origin.parent);
    const isGood =
      parent?.subject === subject &&
      parent.globalEpoch >= this.subjects.globalEpoch &&
      isLive(parent, this.clock.now());
    return isGood && this.links?.isOpen(subject, origin) === true;
  }

  /** The sign-in was put in its place. */
  inserted({ id, expiresAt }: Pick<LinkedRow, 'id' | 'expiresAt'>, origin: SignInOrigin | undefined): void {
    if (origin) this.links?.opened(id, expiresAt, origin);
  }

  sparedWith(kept: string): readonly string[] {
    return this.links?.kinOf(kept) ?? [kept];
  }

  /** Ends what ends with a sign-in that has ended. */
  endChildrenOf(parent: string): void {
    for (const child of this.links?.childrenOf([parent]) ?? [])
      if (this.find(child)?.revokedAt === null)
        for (const rows of this.kinds) rows.end(child, 'parent_ended');
  }

  private find(id: string): LinkedRow | null {
    return this.kinds.map((rows) => rows.get(id)).find((row) => row !== null) ?? null;
  }
}
