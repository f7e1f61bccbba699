import type { AttemptLimiter } from '../attempts/attempt-limiter.js';
import { RefreshTokenInvalidError } from '../errors/auth-error.js';
import { FamilyTurns } from '../refresh-tokens/family-turns.js';
import type { Principal } from '../principal/principal.js';
import type { Requester } from '../principal/requester.js';
import type { FamilyRow } from '../refresh-tokens/refresh-token-family-store.js';
import type { RefreshToken } from '../refresh-tokens/refresh-token-codec.js';
import type {
  HeldRefreshToken,
  LiveReading,
  RefreshTokenService,
} from '../refresh-tokens/refresh-token.service.js';
import { type LoadedSubject, principalOf, type UserLoader } from '../users/user-loader.js';
import type { SignOut } from './sign-out.js';
import { type IssuedUnder, refreshPart, type SignInOpener } from './sign-in-opener.js';
import type { TokensResult } from './sign-in-result.js';

/** What was read for a refresh token, before anything is decided about it. */
export interface Presented {
  readonly token: RefreshToken;
  readonly reading: LiveReading;
  readonly loaded: LoadedSubject;
  readonly subjectEpoch: number;
}

/** Who authenticated once more, and how the client holds the tokens. */
interface Proved {
  readonly subject: string;
  readonly methods: readonly string[];
  readonly mode: 'tokens' | 'hybrid';
}

const NO_EPOCHS: IssuedUnder = { subjectEpoch: 0, globalEpoch: 0, generation: 0 };

/** Uses of one family in this process: of more than one, so that a slow directory does not hold up every tab of a person. */
const USES_AT_ONCE = 4;

/** Exchanges refresh tokens: for their successor, or for a token that owes nothing to them. */
export class TokenRefresh {
  private readonly uses = new FamilyTurns(USES_AT_ONCE);
  /** One statement of a family at a time: one connection, whatever the number of uses. */
  private readonly statements = new FamilyTurns(1);

  constructor(
    private readonly loader: UserLoader,
    private readonly families: RefreshTokenService,
    private readonly opener: SignInOpener,
    private readonly signOut: SignOut,
    private readonly attempts: AttemptLimiter,
  ) {}

  /**
   * In the protocol's order: form and tag, one read, the subject, the access token, and only then the one statement
   * that decides; nothing after it can fail. So an outage leaves everything as it was. Throws RefreshBusyError and RateLimitedError
   * before the read.
   */
  refresh(
    value: unknown,
    idempotencyKey: string | null,
    requester: Requester,
    mode: 'tokens' | 'hybrid' = 'tokens',
  ): Promise<TokensResult> {
    return this.use(value, requester, (presented) =>
      this.rotated(presented, idempotencyKey, requester, mode),
    );
  }

  private async rotated(
    { token, reading, loaded, subjectEpoch }: Presented,
    idempotencyKey: string | null,
    requester: Requester,
    mode: 'tokens' | 'hybrid',
  ): Promise<TokensResult> {
    const principal = principalOfFamily(loaded, reading.row);
    // Whatever comes of it: what is handed out is the successor of what was presented.
    const under = issuedUnder(reading, subjectEpoch, token.generation + 1);
    const left = this.families.idleLeftMs(reading);
    const access = await this.opener.accessToken(loaded, principal, under, left, mode);
    const held = await this.statements.take(token.familyId, requester, () =>
      this.families.rotate(token, reading, idempotencyKey, requester),
    );
    return { mode, principal, ...access, ...refreshPart(held) };
  }

  /**
   * What a sign-in that is about to be kept goes out with if nothing answers afterwards: an access token that has expired
   * already, so that its client refreshes. Throws StoreUnavailableError.
   */
  async expired(loaded: LoadedSubject, principal: Principal, held: HeldRefreshToken): Promise<TokensResult> {
    const access = await this.opener.accessToken(loaded, principal, NO_EPOCHS, 0);
    return { mode: 'tokens', principal, ...access, ...refreshPart(held) };
  }

  /**
   * A fresh access token for a token that was handed out just now and has not been used. `otherwise`: what goes out where
   * nothing can be read or signed, because what handed the token out cannot be undone; null: the client may try that again.
   * Throws RefreshTokenInvalidError, and with null StoreUnavailableError.
   */
  async reissue(
    held: RefreshToken,
    otherwise: TokensResult | null,
    requester: Requester,
  ): Promise<TokensResult> {
    try {
      const { reading, loaded, subjectEpoch } = await this.present(held, requester);
      const principal = principalOfFamily(loaded, reading.row);
      const under = issuedUnder(reading, subjectEpoch, held.generation);
      const idleLeftMs = reading.row.idleExpiresAt - reading.now;
      const access = await this.opener.accessToken(loaded, principal, under, idleLeftMs);
      return { mode: 'tokens', principal, ...access, ...refreshPart({ token: held.token, idleLeftMs }) };
    } catch (error) {
      if (error instanceof RefreshTokenInvalidError || !otherwise) throw error;
      return otherwise;
    }
  }

  /** Whether a refresh token is one of this sign-in, by its text alone. Throws RefreshTokenInvalidError for one that is none. */
  isOf(signInId: string, value: unknown, requester: Requester): boolean {
    return this.families.parse(value, requester).familyId === signInId;
  }

  /** Step-up: the person proved themselves again, so the family gets a new secret. */
  stepUp(
    subject: string,
    value: unknown,
    methods: readonly string[],
    requester: Requester,
    mode: 'tokens' | 'hybrid',
  ): Promise<TokensResult> {
    return this.use(value, requester, (presented) =>
      this.rekeyed(presented, { subject, methods, mode }, requester),
    );
  }

  private async rekeyed(
    { token, reading, loaded, subjectEpoch }: Presented,
    { subject, methods, mode }: Proved,
    requester: Requester,
  ): Promise<TokensResult> {
    if (loaded.id !== subject) throw new RefreshTokenInvalidError('unknown');
    // Signed before the exchange, as at a refresh: a failure after it would lose the new token.
    const proved = principalOfFamily(loaded, { ...reading.row, authenticatedAt: reading.now, methods });
    const under = issuedUnder(reading, subjectEpoch, token.generation + 1);
    const left = this.families.idleLeftMs(reading);
    const access = await this.opener.accessToken(loaded, proved, under, left, mode);
    const { held, row } = await this.statements.take(token.familyId, requester, () =>
      this.families.rekey(token, reading.row, { methods }, requester),
    );
    return { mode, principal: principalOfFamily(loaded, row), ...access, ...refreshPart(held) };
  }

  private async use<T>(
    value: unknown,
    requester: Requester,
    exchange: (presented: Presented) => Promise<T>,
  ): Promise<T> {
    // Its tag was checked: a client that never had a token of the family takes none of its turns.
    const token = this.families.parse(value, requester);
    // Before the read: a client that repeats a dead token costs no query in the end.
    const attempt = await this.attempts.take('refresh', { token: token.token, requester });
    try {
      const exchanged = await this.uses.take(token.familyId, requester, async () =>
        exchange(await this.present(token, requester)),
      );
      await attempt.succeeded();
      return exchanged;
    } catch (error) {
      if (!(error instanceof RefreshTokenInvalidError)) await attempt.cancelled();
      throw error;
    }
  }

  /** A token's family and its subject. Decides nothing about the token. Throws RefreshTokenInvalidError, StoreUnavailableError. */
  async present(token: RefreshToken, requester: Requester): Promise<Presented> {
    const reading = await this.statements.take(token.familyId, requester, () =>
      this.families.read(token, requester),
    );
    const { row, subjectEpochNow } = reading;
    const loaded = await this.loader.load(row.subject);
    if (!loaded) {
      await this.signOut.endAll(row.subject, 'subject_gone');
      throw new RefreshTokenInvalidError('subject_gone');
    }
    return { token, reading, loaded, subjectEpoch: subjectEpochNow };
  }
}

function issuedUnder(reading: LiveReading, subjectEpoch: number, generation: number): IssuedUnder {
  return { subjectEpoch, globalEpoch: reading.globalEpochNow, generation };
}

/** The principal of a family, as its row and its subject say. */
export function principalOfFamily(loaded: LoadedSubject, row: FamilyRow): Principal {
  const { id, authenticatedAt, methods, scopes } = row;
  return principalOf(loaded, { id, kind: 'tokens', authenticatedAt, methods, scopes });
}
