import type { AccessToken } from '../../../access-tokens/access-token.js';
import type { AccessTokenVerifier } from '../../../access-tokens/access-token-verifier.js';
import type { SecurityEventSink } from '../../../audit/security-event.js';
import {
  AuthError,
  GrantForbiddenError,
  GrantInvalidError,
  StoreUnavailableError,
  TargetInvalidError,
} from '../../../errors/auth-error.js';
import type { Principal } from '../../../principal/principal.js';
import type { AccessTokenCheck } from '../../../revocation-check/revocation-check.js';
import type { KnownClient } from '../clients/client-authenticator.js';
import type { IssuedToken, ServiceTokenIssuer } from './service-token-issuer.js';
import { allowedAudience, allowedScopes, type AskedTarget } from '../clients/token-target.js';
import type { SessionService } from '../../../sessions/session.service.js';
import type { Duration } from '../../../time/duration.js';
import { OptionReader } from '../../../validation/option-reader.js';
import { principalArgument, wordsOf } from '../../../sign-in/sign-in-arguments.js';
import type { LiveSignIn, SignInFinder } from './sign-in-finder.js';

/** What a client gives in exchange. */
export type SubjectToken = { readonly kind: 'access-token' | 'session'; readonly value: string };

/**
 * Options of `TokenExchange.exchange`.
 */
export interface ExchangeOptions {
  /** The service that the token is for: another one than this application. */
  readonly audience: string;
  /** Some of the sign-in's scopes. Default: all of them. */
  readonly scopes?: readonly string[];
  /** 1s to 15m; never longer than the sign-in. Default: `exchangeLifetime` of serviceIssuer(). */
  readonly lifetime?: Duration;
}

/** A token for another service. */
export interface ExchangedToken {
  readonly accessToken: string;
  /** Whole seconds of life. */
  readonly expiresIn: number;
  readonly scopes: readonly string[];
}

/**
 * Exchanges a person's sign-in for a short token with which another service acts for that person: narrower, and dead when
 * the sign-in has ended. Inject it where this application calls other services itself.
 */
export class TokenExchange {
  /** @internal */
  constructor(
    private readonly parts: {
      readonly signIns: SignInFinder;
      readonly verifier: AccessTokenVerifier;
      readonly revocations: AccessTokenCheck;
      readonly sessions: SessionService;
      readonly issuer: ServiceTokenIssuer;
      readonly events: SecurityEventSink;
    },
    /** This application's own: no token is exchanged for one that is good here. */
    private readonly ownAudience: readonly string[],
  ) {}

  /**
   * Gives a token for another service, with which it acts for the user of this request. It has at most the sign-in's scopes,
   * and ends with the sign-in, which is read from the tables again.
   *
   * @throws GrantInvalidError when the sign-in has ended.
   * @throws ScopeInvalidError for a scope that it does not have, TargetInvalidError for this application's own audience.
   * @throws AuthConfigError for a wrong or unknown option, TypeError for a wrong principal.
   * @throws StoreUnavailableError when a store cannot answer.
   * @example
   * ```ts
   * import type { Principal } from 'nestjs-aerie';
   * import type { TokenExchange } from 'nestjs-aerie/service-tokens';
   *
   * export async function stockOf(tokens: TokenExchange, user: Principal, item: string) {
   *   const { accessToken } = await tokens.exchange(user, { audience: 'stock', scopes: ['stock:read'], lifetime: '1m' });
   *   return fetch(`https://stock.example.com/${item}`, { headers: { authorization: `Bearer ${accessToken}` } });
   * }
   * ```
   */
  async exchange(principal: Principal, options: ExchangeOptions): Promise<ExchangedToken> {
    const { id, signInId, scopes: held } = principalArgument(principal);
    const { audience, scopes, lifetimeMs } = exchangeArguments(options);
    this.refuseOwn(audience);
    const signIn = await this.live(id, signInId, held);
    const issued = await this.issue(signIn, { audience, scopes }, null, lifetimeMs);
    return { accessToken: issued.token, expiresIn: issued.expiresIn, scopes: issued.scopes };
  }

  /**
   * The same for a client that gives a person's credential (RFC 8693): its audiences and its scopes are the limit, too.
   * Throws GrantForbidden-, GrantInvalid-, ScopeInvalid-, TargetInvalid- and StoreUnavailableError.
   */
  async exchangeFor({ row }: KnownClient, subject: SubjectToken, asked: AskedTarget): Promise<IssuedToken> {
    if (!row.grants.includes('token-exchange')) throw new GrantForbiddenError();
    const audience = allowedAudience(asked.audience, row.audiences);
    this.refuseOwn(audience);
    if (asked.scopes) allowedScopes(asked.scopes, row.scopes);
    const signIn = await asGrant(() =>
      subject.kind === 'session' ? this.ofSession(subject.value) : this.ofAccessToken(subject.value),
    );
    const both = signIn.principal.scopes.filter((scope) => row.scopes.includes(scope));
    return this.issue(signIn, { audience, scopes: asked.scopes ?? both }, row);
  }

  private async ofAccessToken(token: string): Promise<LiveSignIn> {
    const verified: AccessToken = await this.parts.verifier.verify(token);
    const { id, signInId, scopes } = verified.principal;
    const signIn = await this.live(id, signInId, scopes);
    // After the epochs: a later change writes a revocation, which ends the token that this exchange gives.
    await this.parts.revocations.check(verified, 0);
    return signIn;
  }

  private async ofSession(value: string): Promise<LiveSignIn> {
    const { subject, id } = await this.parts.sessions.resolve(value, 0);
    return this.live(subject, id, null);
  }

  /** `scopes`: those of the credential that was presented, which may have been narrowed since. Throws GrantInvalidError. */
  private async live(
    subject: string,
    signInId: string,
    scopes: readonly string[] | null,
  ): Promise<LiveSignIn> {
    const found = await this.parts.signIns.find(subject, signInId);
    if (!found) throw new GrantInvalidError();
    if (scopes === null) return found;
    const narrowed = found.principal.scopes.filter((scope) => scopes.includes(scope));
    return { ...found, principal: { ...found.principal, scopes: narrowed } };
  }

  private async issue(
    signIn: LiveSignIn,
    asked: { readonly audience: string; readonly scopes: readonly string[] | null },
    client: KnownClient['row'] | null,
    lifetimeMs: number | null = null,
  ): Promise<IssuedToken> {
    const { principal } = signIn;
    const target = { audience: asked.audience, scopes: allowedScopes(asked.scopes, principal.scopes) };
    const issued = await this.parts.issuer.exchange(signIn, target, client, lifetimeMs);
    this.parts.events.record({
      type: 'token_exchanged',
      subject: principal.id,
      signInId: principal.signInId,
      clientId: client?.id ?? null,
      tokenId: issued.tokenId,
      audience: asked.audience,
      scopes: issued.scopes,
    });
    return issued;
  }

  private refuseOwn(audience: unknown): void {
    if (typeof audience !== 'string' || audience === '' || this.ownAudience.includes(audience))
      throw new TargetInvalidError();
  }
}

/** Whatever is wrong with what was given in exchange looks the same outside. */
async function asGrant<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof AuthError) || cause instanceof StoreUnavailableError) throw cause;
    throw new GrantInvalidError({ cause });
  }
}

function exchangeArguments(options: ExchangeOptions) {
  const reader = new OptionReader(options);
  const read = {
    audience: reader.custom('audience', 'a text', (v): v is string => typeof v === 'string'),
    scopes: wordsOf(reader, 'scopes') ?? null,
    lifetimeMs: reader.has('lifetime')
      ? reader.duration('lifetime', { default: '15m', min: '1s', max: '15m' })
      : null,
  };
  reader.done();
  return read;
}
