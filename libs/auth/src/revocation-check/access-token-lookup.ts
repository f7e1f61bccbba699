import type { AuthCounters } from '../audit/auth-counters.js';
import {
  AccessTokenRevokedError,
  AccessTokenStaleError,
  StoreUnavailableError,
} from '../errors/auth-error.js';
import type { RevocableToken } from '../revocation/revocation-index.js';
import type { SharedCache } from '../shared-cache/shared-cache.js';
import type { StoreClock } from '../time/store-clock.js';
import { type FamilyCacheRecord, familyCacheRecordOf } from './family-cache-record.js';
import type { TokenLookup } from './lookup-check.js';
import type { RotationStatus, SignInLookup, SignInStatus } from './sign-in-lookup.js';

export interface LookupRules {
  /** The default for the highest age of the knowledge. */
  readonly maxStalenessMs: number;
  /** For how long a rotation spares the access tokens of the parent; null when rotations end none. */
  readonly replayWindowMs: number | null;
}

/**
 * Looks up an access token's sign-in in the table of record; or, where there is a shared cache and the knowledge may be a
 * little old, in a record of what the table said. A record only ever admits: what it would refuse is asked of the table.
 */
export class AccessTokenLookup implements TokenLookup<RevocableToken, SignInStatus> {
  constructor(
    private readonly lookup: SignInLookup,
    private readonly rules: LookupRules,
    private readonly storeClock: StoreClock,
    private readonly counters: AuthCounters,
    private readonly records: SharedCache<FamilyCacheRecord> | null = null,
  ) {}

  keyOf({ principal }: RevocableToken): string {
    return principal.signInId;
  }

  async isAdmittedByRecord(token: RevocableToken, maxStalenessMs: number | null): Promise<boolean> {
    const { signInId } = token.principal;
    const record = await this.records?.get(signInId, maxStalenessMs ?? this.rules.maxStalenessMs);
    return record !== undefined && this.admits(token, record.value);
  }

  async find({ principal: { signInId } }: RevocableToken): Promise<SignInStatus> {
    const mark = this.records?.mark();
    const sent = this.storeClock.moment();
    this.counters.lookups++;
    const status = await this.lookup.find(signInId);
    checkForm(status);
    this.storeClock.learn(status.now, sent.monotonic, sent.wall);
    const shared = mark === undefined ? null : familyCacheRecordOf(status);
    if (shared) this.records!.put(signInId, shared, status.now, mark!);
    return status;
  }

  check(token: RevocableToken, status: SignInStatus): void {
    checkSignInStatus(token, status);
    const { rotation, now, revokedTokens } = status;
    const isRevoked = revokedTokens.includes(token.id) || this.endsPrevious(token, rotation, now);
    if (isRevoked) throw new AccessTokenRevokedError();
  }

  /** The epochs must be the very same: of two that differ, either the token is stale or the record is. */
  private admits(token: RevocableToken, record: FamilyCacheRecord): boolean {
    if (token.subjectEpoch !== record.subjectEpoch || token.globalEpoch !== record.globalEpoch) return false;
    if (record.revokedTokens.includes(token.id)) return false;
    // A token that is newer than the record: the record is old.
    if (token.generation !== null && token.generation > record.rotation.generation) return false;
    return !this.endsPrevious(token, record.rotation, this.storeClock.now() ?? null);
  }

  private endsPrevious(
    { generation }: RevocableToken,
    rotation: RotationStatus | null,
    now: number | null,
  ): boolean {
    const { replayWindowMs } = this.rules;
    if (replayWindowMs === null || generation === null) return false;
    return !rotation || now === null || isCutOffByRotation(generation, rotation, now, replayWindowMs);
  }
}

/** Throws StoreUnavailableError: a store that does not name revoked tokens would admit them. */
function checkForm({ revokedTokens }: SignInStatus): void {
  if (!Array.isArray(revokedTokens))
    throw new StoreUnavailableError({
      cause: new Error('SignInLookup.find must give "revokedTokens", a list of ids (got none)'),
    });
}

/**
 * Compares what an access token carries with what the record says: two numbers, and no clock. Throws
 * AccessTokenRevokedError when its sign-in, or everything, has ended; AccessTokenStaleError when its subject changed
 * after it was issued.
 */
export function checkSignInStatus(
  token: { readonly subjectEpoch: number; readonly globalEpoch: number },
  status: Pick<SignInStatus, 'live' | 'subjectEpochNow' | 'globalEpochNow'>,
): void {
  // NaN fails these comparisons, so a malformed value of a custom store is refused.
  const { live, subjectEpochNow, globalEpochNow } = status;
  if (live !== true || subjectEpochNow === null || !(token.globalEpoch >= globalEpochNow)) {
    throw new AccessTokenRevokedError();
  }
  if (!(token.subjectEpoch >= subjectEpochNow)) throw new AccessTokenStaleError();
}

/**
 * Whether a rotation has ended an access token: it is of an older generation than its family, and not of the parent's
 * inside the replay window, whose client may not have heard of the rotation yet. `now`: the store's clock. NaN fails these
 * comparisons, so a token with a malformed number is ended.
 */
function isCutOffByRotation(
  generation: number,
  family: RotationStatus,
  now: number,
  replayWindowMs: number,
): boolean {
  // Newer than the table's: the database has lost a rotation, which ends nothing.
  if (generation >= family.generation) return false;
  const excepted =
    generation === family.generation - 1 &&
    family.replayClosed === false &&
    now - family.rotatedAt <= replayWindowMs;
  return !excepted;
}
