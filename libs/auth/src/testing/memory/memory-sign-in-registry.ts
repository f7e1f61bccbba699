import { isLive } from '../../subjects/sign-in-limit.js';
import { type CredentialChange, type KeptSignIn, SignInRegistry } from '../../stores/sign-in-registry.js';
import {
  newestFirst,
  recordOfFamily,
  recordOfSession,
  type SignInRecord,
} from '../../stores/sign-in-record.js';
import type { Clock } from '../../time/clock.js';
import type { MemoryAccess } from '../../stores/feature-store.js';
import type { MemoryLinkedSignIns } from './memory-linked-sign-ins.js';
import type { MemoryRevocationLog } from './memory-revocation-log.js';
import type { MemoryRefreshTokenFamilyStore } from './memory-refresh-token-family-store.js';
import type { MemorySessionStore } from './memory-session-store.js';
import type { MemorySubjectStore } from './memory-subject-store.js';

/** SignInRegistry in memory. A host's transaction is not joined: what it asks for is done at once. */
export class MemorySignInRegistry extends SignInRegistry {
  /** What features add to the end of a whole subject; the empty one: of everybody. */
  readonly additions: Parameters<MemoryAccess['onSubjectEnded']>[0][] = [];

  constructor(
    private readonly subjects: MemorySubjectStore,
    private readonly sessions: MemorySessionStore,
    private readonly families: MemoryRefreshTokenFamilyStore,
    private readonly revocations: MemoryRevocationLog,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly linked: MemoryLinkedSignIns,
  ) {
    super();
  }

  async list(subject: string): Promise<readonly SignInRecord[]> {
    const now = this.clock.now();
    const { globalEpoch } = this.subjects;
    const listed = (row: Parameters<typeof isLive>[0] & { readonly globalEpoch: number }) =>
      isLive(row, now) && row.globalEpoch >= globalEpoch;
    return newestFirst([
      ...this.sessions.rows.of(subject).filter(listed).map(recordOfSession),
      ...this.families.rows.of(subject).filter(listed).map(recordOfFamily),
    ]);
  }

  async endAll(subject: string, reason: string, except?: string): Promise<number> {
    this.change(subject);
    return this.endSignIns(subject, reason, except);
  }

  async credentialsChanged(
    subject: string,
    reason: string,
    keep: KeptSignIn | null,
  ): Promise<CredentialChange> {
    this.subjects.advanceCredentials(subject);
    const epoch = this.change(subject);
    let kept: CredentialChange['kept'] = null;
    let except: string | undefined;
    if (keep?.kind === 'session') {
      kept = this.sessions.renewNow(keep.renewal, epoch);
      if (kept) except = keep.renewal.id;
    } else if (keep?.kind === 'replaced') {
      kept = this.families.replaceNow(keep.replacement, epoch);
      if (kept) {
        except = keep.replacement.id;
        this.linked.links?.replaced(keep.replacement.replaces, except);
      }
    } else if (keep) {
      kept = this.families.rekeyNow(keep.rekey, epoch);
      if (kept.kind === 'rekeyed') except = keep.rekey.familyId;
    }
    return { kept, ended: this.endSignIns(subject, reason, except) };
  }

  async subjectChanged(subject: string): Promise<void> {
    this.change(subject);
  }

  async forget(subject: string): Promise<number> {
    this.change(subject);
    const ended = this.endSignIns(subject, 'forgotten');
    this.sessions.rows.eraseOf(subject);
    this.families.rows.eraseOf(subject);
    this.subjects.erase(subject);
    return ended;
  }

  async revokeEverything(): Promise<void> {
    this.revocations.write('everything', '', this.subjects.advanceGlobal());
    this.alsoEnd('');
  }

  async sweep(limit: number): Promise<number> {
    return this.revocations.sweep(limit);
  }

  private change(subject: string): number {
    const epoch = this.subjects.advance(subject);
    this.revocations.write('subject_stale', subject, epoch);
    return epoch;
  }

  /** What features added. */
  alsoEnd(subject: string, spared: readonly string[] = []): void {
    for (const body of this.additions) body(subject, spared);
  }

  private endSignIns(subject: string, reason: string, except?: string): number {
    const spared = except === undefined ? [] : this.linked.sparedWith(except);
    const ended =
      this.sessions.rows.endOf(subject, reason, spared) + this.families.rows.endOf(subject, reason, spared);
    this.alsoEnd(subject, spared);
    return ended;
  }
}
