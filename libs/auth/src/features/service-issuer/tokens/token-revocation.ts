import { ACCESS_TOKEN_TYPE } from '../../../access-tokens/access-token.js';
import type { SecurityEventSink } from '../../../audit/security-event.js';
import type { KnownClient } from '../clients/client-authenticator.js';
import type { ServiceClientStore } from '../clients/service-client-store.js';
import type { Clock } from '../../../time/clock.js';
import type { SignOut } from '../../../sign-in/sign-out.js';
import { audiencesOf, type GenuineToken, type IssuedTokenReader } from './issued-token-reader.js';

/** What clocks may differ by, and then some: no id is forgotten before its token has expired everywhere. */
const MARGIN_MS = 10 * 60_000;
const REASON = 'signed_out';

/**
 * Ends what a client holds (RFC 7009): a person's refresh token or access token of this application ends its sign-in, as a
 * logout does; a token that was issued to this client ends by itself. Every other text changes nothing.
 */
export class TokenRevocation {
  constructor(
    private readonly tokens: IssuedTokenReader,
    private readonly signOut: SignOut,
    private readonly clients: ServiceClientStore,
    private readonly ownAudience: readonly string[],
    private readonly clock: Clock,
    private readonly events: SecurityEventSink,
  ) {}

  /** Throws StoreUnavailableError: then nothing is claimed. */
  async revoke({ row }: KnownClient, token: string): Promise<void> {
    const found = await this.tokens.read(token);
    if (!found) return this.signOut.endByRefreshToken(token, REASON);
    const { claims, type } = found;
    if (claims['client_id'] !== undefined) {
      if (claims['client_id'] === row.id && found.isInTime) await this.revokeOne(row.id, found);
      return;
    }
    const isOwn = audiencesOf(claims).some((audience) => this.ownAudience.includes(audience));
    if (type === ACCESS_TOKEN_TYPE && isOwn) await this.signOut.endByAccessToken(token, REASON);
  }

  private async revokeOne(clientId: string, { claims }: GenuineToken): Promise<void> {
    const tokenId = String(claims['jti']);
    const leftMs = Math.max(0, Number(claims['exp']) * 1000 - this.clock.now());
    await this.clients.revokeToken(clientId, tokenId, leftMs + MARGIN_MS);
    this.events.record({ type: 'service_token_revoked', clientId, tokenId });
  }
}
