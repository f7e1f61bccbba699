import { AccessTokenRevokedError } from '../errors/auth-error.js';
import type { FeedRules } from '../revocation-check/feed-check.js';
import type { TokenLookup } from '../revocation-check/lookup-check.js';
import { RevocationCheck } from '../revocation-check/revocation-check.js';
import type { ServiceToken } from './service-token.js';

/** The check of services' tokens; also its injection token. */
export abstract class ServiceTokenCheck extends RevocationCheck<ServiceToken> {}

/** By the revocations of the token itself, of its client and of everything. */
export const SERVICE_TOKEN_RULES: FeedRules<ServiceToken> = {
  tokens: 'service tokens',
  check: ({ id, principal, clientEpoch, globalEpoch }, index) => {
    // NaN fails these comparisons, so a malformed value is refused.
    const isGood =
      !index.hasRevoked(id) &&
      clientEpoch >= index.clientEpochOf(principal.clientId) &&
      globalEpoch >= index.globalEpoch;
    if (!isGood) throw new AccessTokenRevokedError();
  },
};

/** What a token's client, and the token itself, have come to. */
export interface ServiceTokenRecord {
  /** The client's present epoch; null when there is no such client, or it is disabled. */
  readonly clientEpochNow: number | null;
  readonly globalEpochNow: number;
  /** The one token was revoked. */
  readonly revoked: boolean;
}

/** What the look-up needs of the store of service clients. */
export interface ServiceTokenRecords {
  status(client: string, jti: string): Promise<ServiceTokenRecord>;
}

/** Looks up a service token and its client in the table of record, with one statement. */
export class ServiceTokenLookup implements TokenLookup<ServiceToken, ServiceTokenRecord> {
  constructor(private readonly records: ServiceTokenRecords) {}

  keyOf({ principal, id }: ServiceToken): string {
    return JSON.stringify([principal.clientId, id]);
  }

  find({ principal, id }: ServiceToken): Promise<ServiceTokenRecord> {
    return this.records.status(principal.clientId, id);
  }

  check(token: ServiceToken, { clientEpochNow, globalEpochNow, revoked }: ServiceTokenRecord): void {
    // NaN fails these comparisons, so a malformed value of a custom store is refused.
    const isGood =
      revoked === false &&
      clientEpochNow !== null &&
      token.clientEpoch >= clientEpochNow &&
      token.globalEpoch >= globalEpochNow;
    if (!isGood) throw new AccessTokenRevokedError();
  }
}
