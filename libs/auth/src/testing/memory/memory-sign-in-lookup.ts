import { isLive } from '../../subjects/sign-in-limit.js';
import { SignInLookup, type SignInStatus } from '../../revocation-check/sign-in-lookup.js';
import type { Clock } from '../../time/clock.js';
import type { MemoryRefreshTokenFamilyStore } from './memory-refresh-token-family-store.js';
import type { MemorySubjectStore } from './memory-subject-store.js';

/** SignInLookup in memory. Access tokens come from families: sessions are not asked. */
export class MemorySignInLookup extends SignInLookup {
  constructor(
    private readonly subjects: MemorySubjectStore,
    private readonly families: MemoryRefreshTokenFamilyStore,
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    super();
  }

  async find(signInId: string): Promise<SignInStatus> {
    const row = this.families.rows.get(signInId);
    if (!row)
      return {
        live: false,
        subjectEpochNow: null,
        globalEpochNow: 0,
        rotation: null,
        revokedTokens: [],
        now: null,
      };
    const now = this.clock.now();
    const { generation, rotatedAt, replayClosed } = row;
    return {
      live: isLive(row, now),
      subjectEpochNow: this.subjects.epochOf(row.subject),
      globalEpochNow: this.subjects.globalEpoch,
      rotation: { generation, rotatedAt, replayClosed },
      revokedTokens: this.families.revokedTokensOf(signInId),
      now,
    };
  }
}
