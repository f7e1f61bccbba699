import { AccessTokenRevokedError } from '../errors/auth-error.js';
import type { StoreClock } from '../time/store-clock.js';
import { RevocationCheck, checkStanding, type RevocableToken } from './revocation-check.js';
import { isCutOffByRotation } from './cut-off-by-rotation.js';
import { type FamilyCacheRecord, familyCacheRecordOf } from './family-cache-record.js';
import { SharedQuestions } from './shared-questions.js';
import type { SharedCache } from '../shared-cache/shared-cache.js';
import type { SignInLookup, SignInStatus } from './sign-in-lookup.js';

export interface LookupRules {
  /** How old the knowledge may be where nobody says so. */
  readonly maxStalenessMs: number;
  /** For how long a rotation spares the access tokens of the parent; null when rotations end none. */
  readonly replayWindowMs: number | null;
}

/**
 * Asks the table of record about every token; or, where there is a shared cache and the knowledge may be a little old, a
 * record of what the table said. A record only ever admits: what it would refuse is asked of the table.
 */
export class LookupCheck extends RevocationCheck {
  private readonly questions = new SharedQuestions<SignInStatus>();

  constructor(
    private readonly lookup: SignInLookup,
    private readonly rules: LookupRules,
    private readonly storeClock: StoreClock,
    private readonly records: SharedCache<FamilyCacheRecord> | null = null,
  ) {
    super();
  }

  cachedAsGood(): boolean {
    return false;
  }

  async check(token: RevocableToken, maxStalenessMs: number | null): Promise<void> {
    const { signInId } = token.principal;
    const record = await this.records?.get(signInId, maxStalenessMs ?? this.rules.maxStalenessMs);
    if (record && this.admits(token, record.value)) return;
    const standing = await this.questions.ask(signInId, () => this.read(signInId));
    checkStanding(token, standing);
    const { rotation, now } = standing;
    if (this.endsPrevious(token, rotation, now)) throw new AccessTokenRevokedError();
  }

  private async read(signInId: string): Promise<SignInStatus> {
    const mark = this.records?.mark();
    const sent = this.storeClock.moment();
    const standing = await this.lookup.find(signInId);
    this.storeClock.learn(standing.now, sent.monotonic, sent.wall);
    const shared = mark === undefined ? null : familyCacheRecordOf(standing);
    if (shared) this.records!.put(signInId, shared, standing.now, mark!);
    return standing;
  }

  /** The epochs must be the very same: of two that differ, either the token is stale or the record is. */
  private admits(token: RevocableToken, record: FamilyCacheRecord): boolean {
    if (token.subjectEpoch !== record.subjectEpoch || token.globalEpoch !== record.globalEpoch) return false;
    // A token that is newer than the record: the record is old.
    if (token.generation !== null && token.generation > record.rotation.generation) return false;
    return !this.endsPrevious(token, record.rotation, this.storeClock.now() ?? null);
  }

  private endsPrevious(
    { generation }: RevocableToken,
    rotation: FamilyCacheRecord['rotation'] | null,
    now: number | null,
  ): boolean {
    const { replayWindowMs } = this.rules;
    if (replayWindowMs === null || generation === null) return false;
    return !rotation || now === null || isCutOffByRotation(generation, rotation, now, replayWindowMs);
  }
}
