import { randomUUID } from 'node:crypto';
import { ACCESS_TOKEN_TYPE } from '../../../access-tokens/access-token.js';
import { signCompactJws } from '../../../access-tokens/compact-jws.js';
import { StoreUnavailableError } from '../../../errors/auth-error.js';
import type { KeyRing } from '../../../keys/key-ring.js';
import type { Principal } from '../../../principal/principal.js';
import type { Clock } from '../../../time/clock.js';
import type { KnownClient } from '../clients/client-authenticator.js';
import type { ServiceClientRow } from '../clients/service-client-row.js';
import { SERVICE_TOKEN_TYPE, subjectOfClient } from '../../../service-tokens/service-token.js';
import type { ResolvedServiceIssuerOptions } from '../service-issuer-options.js';

/** A token for another service, or for this one, as the token endpoint gives it. */
export interface IssuedToken {
  readonly token: string;
  /** `jti`. */
  readonly tokenId: string;
  /** Whole seconds of life, rounded down. */
  readonly expiresIn: number;
  readonly scopes: readonly string[];
}

/** A sign-in that is exchanged: what was read of it, the epochs first. */
export interface ExchangedSignIn {
  readonly principal: Pick<Principal, 'id' | 'signInId' | 'authenticatedAt' | 'methods'>;
  readonly subjectEpoch: number;
  readonly globalEpoch: number;
  /** How long it still lives: no token outlives it. */
  readonly leftMs: number;
}

export interface TokenTarget {
  readonly audience: string;
  readonly scopes: readonly string[];
}

/** Signs the tokens of services, and those that sign-ins are exchanged for. Throws StoreUnavailableError. */
export class ServiceTokenIssuer {
  constructor(
    private readonly keys: KeyRing,
    private readonly issuer: string,
    private readonly options: ResolvedServiceIssuerOptions,
    private readonly clock: Clock,
  ) {}

  /** A client's own token. */
  issue({ row, globalEpochNow }: KnownClient, target: TokenTarget): Promise<IssuedToken> {
    const claims = {
      sub: subjectOfClient(row.id),
      client_id: row.id,
      sep: row.epoch,
      gep: globalEpochNow,
    };
    return this.sign(SERVICE_TOKEN_TYPE, claims, target, this.options.lifetimeMs);
  }

  /**
   * A person's token for another service, asked for by a client as it was when it proved to be the one (null: by this
   * application itself). `lifetimeMs`: at most; null: as the options say.
   */
  exchange(
    signIn: ExchangedSignIn,
    target: TokenTarget,
    client: Pick<ServiceClientRow, 'id' | 'epoch'> | null,
    lifetimeMs: number | null = null,
  ): Promise<IssuedToken> {
    const { principal, subjectEpoch, globalEpoch, leftMs } = signIn;
    const claims = {
      sub: principal.id,
      sid: principal.signInId,
      sep: subjectEpoch,
      gep: globalEpoch,
      auth_time: Math.floor(principal.authenticatedAt.getTime() / 1000),
      amr: principal.methods,
      // Roles are this application's own: what another service may let a person do, scopes say.
      roles: [],
      ...(client !== null && {
        client_id: client.id,
        cep: client.epoch,
        act: { sub: subjectOfClient(client.id) },
      }),
    };
    const longest = Math.min(leftMs, lifetimeMs ?? this.options.exchangeLifetimeMs);
    return this.sign(ACCESS_TOKEN_TYPE, claims, target, longest);
  }

  private async sign(
    type: string,
    claims: Readonly<Record<string, unknown>>,
    { audience, scopes }: TokenTarget,
    lifetimeMs: number,
  ): Promise<IssuedToken> {
    const issuedAt = Math.floor(this.clock.now() / 1000);
    const expiresIn = Math.max(0, Math.floor(lifetimeMs / 1000));
    const tokenId = randomUUID();
    const times = { iat: issuedAt, exp: issuedAt + expiresIn, jti: tokenId };
    const whole = { iss: this.issuer, aud: audience, ...claims, scope: scopes.join(' '), ...times };
    try {
      return {
        token: await signCompactJws(whole, await this.keys.signingKey(), type),
        tokenId,
        expiresIn,
        scopes,
      };
    } catch (cause) {
      throw new StoreUnavailableError({ cause });
    }
  }
}
