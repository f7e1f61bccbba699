import { isUuid } from '../../../crypto/uuid.js';
import { isLive } from '../../../subjects/sign-in-limit.js';
import type { RefreshTokenFamilyStore } from '../../../refresh-tokens/refresh-token-family-store.js';
import type { SessionStore } from '../../../sessions/session-store.js';
import type { SubjectStore } from '../../../subjects/subject-store.js';
import { type LoadedSubject, principalOf, type UserLoader } from '../../../users/user-loader.js';
import type { Principal, SignInKind } from '../../../principal/principal.js';
import type { SignOut } from '../../../sign-in/sign-out.js';

/** A sign-in that lives, as the tables and the directory have it now. */
export interface LiveSignIn {
  readonly principal: Principal;
  /** Read first: a later end or change of the sign-in has a revocation with a later epoch. */
  readonly subjectEpoch: number;
  readonly globalEpoch: number;
  /** Until its idle or its absolute limit. */
  readonly leftMs: number;
}

interface Row {
  readonly id: string;
  readonly subject: string;
  readonly globalEpoch: number;
  readonly revokedAt: number | null;
  readonly idleExpiresAt: number;
  readonly expiresAt: number;
  readonly authenticatedAt: number;
  readonly methods: readonly string[];
  readonly scopes: readonly string[] | null;
}

/** Asks the tables of record about sign-ins of either kind. */
export class SignInFinder {
  constructor(
    private readonly subjects: Pick<SubjectStore, 'find'>,
    private readonly sessions: Pick<SessionStore, 'read'>,
    private readonly families: Pick<RefreshTokenFamilyStore, 'read'>,
    private readonly loader: UserLoader,
    private readonly signOut: SignOut,
  ) {}

  /** Whether there is such a sign-in of this subject that lives, and the epochs that were read before. */
  async status(
    subject: string,
    signInId: string,
  ): Promise<(Omit<LiveSignIn, 'principal'> & { readonly kind: SignInKind }) | null> {
    return (await this.read(subject, signInId)) ?? null;
  }

  /** The same, with its principal as it would be now; a subject that is gone ends here. Throws StoreUnavailableError. */
  async find(subject: string, signInId: string): Promise<LiveSignIn | null> {
    const read = await this.read(subject, signInId);
    if (!read) return null;
    const loaded: LoadedSubject | null = await this.loader.load(subject);
    if (!loaded) {
      await this.signOut.endAll(subject, 'subject_gone');
      return null;
    }
    const { row, kind, ...status } = read;
    const { id, authenticatedAt, methods, scopes } = row;
    return { ...status, principal: principalOf(loaded, { id, kind, authenticatedAt, methods, scopes }) };
  }

  private async read(subject: string, signInId: string) {
    if (!isUuid(signInId)) return undefined;
    const epochs = await this.subjects.find(subject);
    if (!epochs) return undefined;
    const family = await this.families.read(signInId);
    const reading = family ?? (await this.sessions.read(signInId));
    if (!reading) return undefined;
    const row: Row = reading.row;
    const { now, globalEpochNow } = reading;
    // Written so that what is not a number refuses.
    const isGood = row.subject === subject && isLive(row, now) && row.globalEpoch >= globalEpochNow;
    if (!isGood) return undefined;
    const kind: SignInKind = family ? 'tokens' : 'session';
    const leftMs = Math.min(row.expiresAt, row.idleExpiresAt) - now;
    return { row, kind, leftMs, subjectEpoch: epochs.epoch, globalEpoch: epochs.globalEpoch };
  }
}
