import type { DerivedKeys } from '../../../crypto/derived-keys.js';
import { hmacSha256 } from '../../../crypto/digest.js';
import { uuidToBytes } from '../../../crypto/uuid.js';
import {
  RefreshTokenInvalidError,
  SessionExpiredError,
  SessionInvalidError,
} from '../../../errors/auth-error.js';
import { deathOf } from '../../../refresh-tokens/family-transitions.js';
import type { RefreshTokenCodec } from '../../../refresh-tokens/refresh-token-codec.js';
import type { SessionTokenCodec } from '../../../sessions/session-token.js';
import type { Authenticator } from '../../../sign-in/authenticator.js';
import type { SignInResult } from '../../../sign-in/sign-in-result.js';
import type { TokenRefresh } from '../../../sign-in/token-refresh.js';
import type { GuardedStores } from '../../../stores/guarded-stores.js';
import { isLive } from '../../../subjects/sign-in-limit.js';
import type { PresentedFormer, RedemptionTerms } from './presented-former.js';

const PURPOSE = 'former-sign-ins.secret';

/** What became of a sign-in that a former credential opened. `subject`: whose it is. */
export type OpenedStatus =
  | { readonly kind: 'missing' }
  | { readonly kind: 'ended' }
  /** `isUsed`: its refresh token was exchanged; not known of a session. */
  | { readonly kind: 'live'; readonly subject: string; readonly isUsed: boolean };

/** Sign-ins whose secret is derived from a former credential: every node can hand out the same one. */
export class OpenedSignIns {
  constructor(
    private readonly stores: Pick<GuardedStores, 'sessions' | 'families'>,
    private readonly keys: DerivedKeys,
    private readonly sessionTokens: SessionTokenCodec,
    private readonly refreshTokens: RefreshTokenCodec,
    private readonly authenticator: Pick<Authenticator, 'resumedSession'>,
    private readonly tokenRefresh: Pick<TokenRefresh, 'reissue'>,
  ) {}

  /** The secret of the sign-in of this id: to derive it takes both our key and the credential itself. */
  secretOf(presented: PresentedFormer, signInId: string): Buffer {
    return this.secretsOf(presented, signInId)[0]!;
  }

  /** Under each key: nodes may have different ones while a secret is being exchanged. */
  private secretsOf({ kind, id }: PresentedFormer, signInId: string): readonly Buffer[] {
    return this.keys
      .everyOf(PURPOSE)
      .map((key) => hmacSha256(key, kind.name, '\0', uuidToBytes(signInId), id));
  }

  async statusOf({ kind }: PresentedFormer, signInId: string): Promise<OpenedStatus> {
    const { sessions, families } = this.stores;
    if (kind.opens === 'session') {
      const reading = await sessions.read(signInId);
      if (!reading) return { kind: 'missing' };
      const { row, now, globalEpochNow } = reading;
      if (!isLive(row, now) || row.globalEpoch < globalEpochNow) return { kind: 'ended' };
      return { kind: 'live', subject: row.subject, isUsed: false };
    }
    const reading = await families.read(signInId);
    if (!reading) return { kind: 'missing' };
    if (deathOf(reading, 0)) return { kind: 'ended' };
    return { kind: 'live', subject: reading.row.subject, isUsed: reading.row.generation > 0 };
  }

  /** The sign-in as it was handed out first; null if it goes on under another secret, or has ended. */
  async again(
    presented: PresentedFormer,
    signInId: string,
    terms: RedemptionTerms,
  ): Promise<SignInResult | null> {
    try {
      return terms.mode === 'session'
        ? await this.session(presented, signInId)
        : await this.tokens(presented, signInId, terms.mode, terms);
    } catch (error) {
      const isRefusal = [SessionInvalidError, SessionExpiredError, RefreshTokenInvalidError].some(
        (type) => error instanceof type,
      );
      if (isRefusal) return null;
      throw error;
    }
  }

  private async session(presented: PresentedFormer, signInId: string): Promise<SignInResult | null> {
    const hash = (await this.stores.sessions.read(signInId))?.row.secretHash;
    const token = this.secretsOf(presented, signInId)
      .map((secret) => this.sessionTokens.of(signInId, secret))
      .find(({ secretHash }) => secretHash === hash);
    return token ? this.authenticator.resumedSession(token.token) : null;
  }

  private async tokens(
    presented: PresentedFormer,
    signInId: string,
    mode: 'tokens' | 'hybrid',
    { requester }: RedemptionTerms,
  ): Promise<SignInResult | null> {
    const row = (await this.stores.families.read(signInId))?.row;
    if (row?.generation !== 0) return null;
    for (const secret of this.secretsOf(presented, signInId)) {
      const token = this.refreshTokens.firstHeld(signInId, secret, row.currentHash);
      if (token) return { ...(await this.tokenRefresh.reissue(token, null, requester)), mode };
    }
    return null;
  }
}
