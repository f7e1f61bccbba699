import { RefreshTokenInvalidError } from '../errors/auth-error.js';
import type { Principal } from '../principal/principal.js';
import type { Requester } from '../principal/requester.js';
import type { FamilyRow } from '../refresh-tokens/refresh-token-family-store.js';
import type { RefreshToken } from '../refresh-tokens/refresh-token.js';
import type { LiveReading, RefreshTokenService } from '../refresh-tokens/refresh-token.service.js';
import { type LoadedSubject, principalOf, type PrincipalSource } from './principal-source.js';
import type { SignInEnding } from './sign-in-ending.js';
import { type IssuedUnder, refreshPart, type SignInOpener } from './sign-in-opener.js';
import type { TokensResult } from './sign-in-result.js';

interface Presented {
  readonly token: RefreshToken;
  readonly reading: LiveReading;
  readonly loaded: LoadedSubject;
  readonly subjectEpoch: number;
}

/** Exchanges refresh tokens: for their successor, or for a token that owes nothing to them. */
export class RefreshExchange {
  constructor(
    private readonly source: PrincipalSource,
    private readonly families: RefreshTokenService,
    private readonly opener: SignInOpener,
    private readonly endings: SignInEnding,
  ) {}

  /**
   * In the protocol's order: form and tag, one read, the subject, the access token, and only then the one statement
   * that decides; nothing after it can fail. So an outage leaves everything as it was.
   */
  async refresh(value: unknown, idempotencyKey: string | null, requester: Requester): Promise<TokensResult> {
    const { token, reading, loaded, subjectEpoch } = await this.present(value, requester);
    const principal = principalOfFamily(loaded, reading.row);
    // Whatever comes of it: what is handed out is the successor of what was presented.
    const under = issuedUnder(reading, subjectEpoch, token.generation + 1);
    const left = this.families.idleLeftMs(reading);
    const access = await this.opener.accessToken(loaded, principal, under, left);
    const held = await this.families.rotate(token, reading, idempotencyKey, requester);
    return { mode: 'tokens', principal, ...access, ...refreshPart(held) };
  }

  /** A fresh access token for a token that was handed out just now and has not been used. */
  async reissue(held: RefreshToken, requester: Requester): Promise<TokensResult> {
    const { reading, loaded, subjectEpoch } = await this.present(held.token, requester);
    const { row, now } = reading;
    const principal = principalOfFamily(loaded, row);
    const under = issuedUnder(reading, subjectEpoch, held.generation);
    const access = await this.opener.accessToken(loaded, principal, under, row.idleExpiresAt - now);
    return {
      mode: 'tokens',
      principal,
      ...access,
      ...refreshPart({ token: held.token, idleLeftMs: row.idleExpiresAt - now }),
    };
  }

  /** Step-up: the person proved themselves again, so the family gets a new secret. */
  async stepUp(
    subject: string,
    value: unknown,
    methods: readonly string[],
    requester: Requester,
  ): Promise<TokensResult> {
    const { token, reading, loaded, subjectEpoch } = await this.present(value, requester);
    if (loaded.id !== subject) throw new RefreshTokenInvalidError('unknown');
    const { held, row } = await this.families.rekey(token, reading.row, { methods }, requester);
    const principal = principalOfFamily(loaded, row);
    const under = issuedUnder(reading, subjectEpoch, token.generation + 1);
    const left = this.families.idleLeftMs(reading);
    const access = await this.opener.accessToken(loaded, principal, under, left);
    return { mode: 'tokens', principal, ...access, ...refreshPart(held) };
  }

  private async present(value: unknown, requester: Requester): Promise<Presented> {
    const token = this.families.parse(value, requester);
    const reading = await this.families.read(token, requester);
    const { row, subjectEpochNow } = reading;
    const loaded = await this.source.load(row.subject);
    if (!loaded) {
      await this.endings.endAll(row.subject, 'subject_gone');
      throw new RefreshTokenInvalidError('subject_gone');
    }
    return { token, reading, loaded, subjectEpoch: subjectEpochNow };
  }
}

function issuedUnder(reading: LiveReading, subjectEpoch: number, generation: number): IssuedUnder {
  return { subjectEpoch, globalEpoch: reading.globalEpochNow, generation };
}

function principalOfFamily(loaded: LoadedSubject, row: FamilyRow): Principal {
  const { id, authenticatedAt, methods, scopes } = row;
  return principalOf(loaded, { id, kind: 'tokens', authenticatedAt, methods, scopes });
}
