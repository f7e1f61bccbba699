import { ACCESS_TOKEN_TYPE } from '../../../access-tokens/access-token.js';
import { readAccessToken } from '../../../access-tokens/access-token-verifier.js';
import type { JsonObject } from '../../../access-tokens/compact-jws.js';
import {
  AccessTokenRevokedError,
  AuthError,
  ForbiddenError,
  StoreUnavailableError,
} from '../../../errors/auth-error.js';
import { checkSignInStatus } from '../../../revocation-check/access-token-lookup.js';
import type { AccessTokenCheck } from '../../../revocation-check/revocation-check.js';
import type { KnownClient } from '../clients/client-authenticator.js';
import type { ServiceClientStore } from '../clients/service-client-store.js';
import type { ServiceTokenCheck } from '../../../service-tokens/service-token-check.js';
import { readServiceToken } from '../../../service-tokens/service-token-verifier.js';
import type { IssuedTokenReader } from './issued-token-reader.js';
import type { SignInFinder } from './sign-in-finder.js';

/** What is told of a token that stands (RFC 7662, section 2.2). */
const TOLD = [
  'iss',
  'aud',
  'sub',
  'client_id',
  'act',
  'scope',
  'jti',
  'iat',
  'exp',
  'sid',
  'auth_time',
  'amr',
];

export type Introspection = { readonly active: boolean } & Readonly<Record<string, unknown>>;

const INACTIVE: Introspection = Object.freeze({ active: false });

/**
 * Tells a service what has become of a token that was presented to it (RFC 7662): of those for its own audience alone, and
 * always from the tables. Whatever else it asks about looks like no token.
 */
export class TokenIntrospection {
  constructor(
    private readonly tokens: IssuedTokenReader,
    private readonly signIns: SignInFinder,
    private readonly clients: Pick<ServiceClientStore, 'status'>,
    private readonly accessTokens: AccessTokenCheck,
    private readonly serviceTokens: ServiceTokenCheck,
  ) {}

  /** Throws ForbiddenError for a client that serves no audience; StoreUnavailableError. */
  async introspect({ row }: KnownClient, token: string): Promise<Introspection> {
    // Not INACTIVE: a service that was registered without one would sign everybody out.
    if (row.resource === null) throw new ForbiddenError();
    const found = await this.tokens.read(token, row.resource);
    if (!found?.isInTime) return INACTIVE;
    const { claims, type } = found;
    try {
      await (type === ACCESS_TOKEN_TYPE ? this.checkAccessToken(claims) : this.checkServiceToken(claims));
    } catch (error) {
      if (!(error instanceof AuthError) || error instanceof StoreUnavailableError) throw error;
      return INACTIVE;
    }
    const told = TOLD.filter((name) => claims[name] !== undefined).map((name) => [name, claims[name]]);
    return { active: true, token_type: 'Bearer', ...(Object.fromEntries(told) as object) };
  }

  private async checkServiceToken(claims: JsonObject): Promise<void> {
    await this.serviceTokens.check(readServiceToken(claims), 0);
  }

  private async checkAccessToken(claims: JsonObject): Promise<void> {
    const token = readAccessToken(claims);
    const { id, signInId } = token.principal;
    const signIn = await this.signIns.status(id, signInId);
    checkSignInStatus(token, {
      live: signIn !== null,
      subjectEpochNow: signIn?.subjectEpoch ?? null,
      globalEpochNow: signIn?.globalEpoch ?? 0,
    });
    // By itself it may have been revoked, or ended by a rotation: its family tells.
    if (signIn?.kind === 'tokens') await this.accessTokens.check(token, 0);
    const { client } = token;
    if (client === null) return;
    const { revoked, clientEpochNow } = await this.clients.status(client.id, token.id);
    const isGood = revoked === false && clientEpochNow !== null && client.epoch >= clientEpochNow;
    if (!isGood) throw new AccessTokenRevokedError();
  }
}
