import type { MemoryAccess } from '../../../stores/feature-store.js';
import {
  type FormerClaim,
  type FormerClaimReading,
  FormerClaimStore,
  type NewFormerClaim,
} from './former-claim-store.js';

/** FormerClaimStore in memory. Nothing here is awaited: each call is one step. */
export class MemoryFormerClaimStore extends FormerClaimStore {
  private readonly claims = new Map<string, FormerClaim>();
  private readonly ended = new Set<string>();

  constructor(private readonly access: Pick<MemoryAccess, 'clock' | 'onSubjectEnded'>) {
    super();
    access.onSubjectEnded((subject) => void this.ended.add(subject));
  }

  async find(credential: string): Promise<FormerClaimReading | null> {
    const claim = this.claims.get(credential);
    return claim ? { claim, now: this.access.clock.now() } : null;
  }

  async claim(claim: NewFormerClaim): Promise<FormerClaimReading> {
    const now = this.access.clock.now();
    const known = this.claims.get(claim.credential);
    return { claim: known ?? this.put({ ...claim, replacements: 0, openedAt: now, spentAt: null }), now };
  }

  async replace(claim: NewFormerClaim, instead: string): Promise<boolean> {
    const known = this.claims.get(claim.credential);
    if (known?.signInId !== instead || known.spentAt !== null) return false;
    this.put({ ...known, ...claim, replacements: known.replacements + 1, openedAt: this.access.clock.now() });
    return true;
  }

  async release(credential: string, signInId: string): Promise<void> {
    const known = this.claims.get(credential);
    if (known?.signInId === signInId && known.spentAt === null) this.claims.delete(credential);
  }

  async spend(credential: string): Promise<void> {
    const now = this.access.clock.now();
    const unseen = {
      credential,
      signInId: null,
      attemptHash: null,
      replacements: 0,
      openedAt: now,
      spentAt: null,
    };
    const known = this.claims.get(credential) ?? unseen;
    if (known.spentAt === null) this.put({ ...known, spentAt: now });
  }

  async isEnded(subject: string): Promise<boolean> {
    return this.ended.has(subject) || this.ended.has('');
  }

  async sweep(limit: number): Promise<number> {
    const now = this.access.clock.now();
    const past = [...this.claims.values()].filter(({ openedAt }) => openedAt < now).slice(0, limit);
    for (const { credential } of past) this.claims.delete(credential);
    if (past.length > 0) return past.length;
    const subjects = [...this.ended].slice(0, limit);
    for (const subject of subjects) this.ended.delete(subject);
    return subjects.length;
  }

  private put(claim: FormerClaim): FormerClaim {
    this.claims.set(claim.credential, claim);
    return claim;
  }
}
