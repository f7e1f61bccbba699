import { isUuid } from '../../crypto/uuid.js';
import { RefreshTokenInvalidError } from '../../errors/auth-error.js';
import type { Requester } from '../../principal/requester.js';
import type { ResolvedRefreshTokenOptions } from '../../refresh-tokens/refresh-token-options.js';
import type { RefreshTokenService } from '../../refresh-tokens/refresh-token.service.js';
import { decideRotation } from '../../refresh-tokens/rotation-decision.js';
import type { GuardedStores } from '../../stores/guarded-stores.js';
import { isLive } from '../../subjects/sign-in-limit.js';

/** A sign-in that lives, and may hand itself over. */
export interface HandoverParent {
  readonly id: string;
  readonly subject: string;
  /** Epoch milliseconds. */
  readonly authenticatedAt: number;
  readonly methods: readonly string[];
  /** Scopes that it was narrowed to; null: all of its subject's. */
  readonly scopes: readonly string[] | null;
  /** Its absolute limit, by the store's clock. */
  readonly expiresAt: number;
}

/** Reads the sign-ins that hand themselves over. */
export class HandoverParents {
  constructor(
    private readonly stores: Pick<GuardedStores, 'sessions' | 'families'>,
    private readonly families: RefreshTokenService,
    private readonly rules: ResolvedRefreshTokenOptions,
  ) {}

  /** The live sign-in of a subject; null: it has none of this id. Throws StoreUnavailableError. */
  async find(subject: string, id: string): Promise<HandoverParent | null> {
    if (!isUuid(id)) return null;
    const reading = (await this.stores.families.read(id)) ?? (await this.stores.sessions.read(id));
    if (!reading) return null;
    const { row, now, globalEpochNow } = reading;
    // NaN fails this comparison, so a broken value is refused.
    const isGood = row.subject === subject && isLive(row, now) && row.globalEpoch >= globalEpochNow;
    return isGood ? row : null;
  }

  /**
   * The sign-in of a refresh token that could be refreshed now, which it is not. Throws RefreshTokenInvalidError,
   * StoreUnavailableError.
   */
  async ofRefreshToken(value: string, requester: Requester): Promise<HandoverParent> {
    const token = this.families.parse(value, requester);
    const { row, arrivedAt } = await this.families.read(token, requester);
    const { generation, hash } = token;
    const presented = { generation, hash, attemptHash: null, userAgent: requester.userAgent };
    const { kind } = decideRotation(row, presented, arrivedAt, this.rules);
    // A refresh decides about any other: it revokes what was reused.
    if (kind !== 'rotate' && kind !== 'replay') throw new RefreshTokenInvalidError('superseded');
    return row;
  }
}
