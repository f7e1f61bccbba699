import type { SecurityEventSink } from '../../../audit/security-event.js';
import { GrantForbiddenError } from '../../../errors/auth-error.js';
import type { KnownClient } from '../clients/client-authenticator.js';
import type { IssuedToken, ServiceTokenIssuer } from './service-token-issuer.js';
import { allowedAudience, allowedScopes, type AskedTarget } from '../clients/token-target.js';

/** A client asks for a token of its own (RFC 6749, section 4.4). */
export class ClientCredentialsGrant {
  constructor(
    private readonly issuer: ServiceTokenIssuer,
    private readonly events: SecurityEventSink,
  ) {}

  /** Throws GrantForbidden-, ScopeInvalid-, TargetInvalid- and StoreUnavailableError. */
  async issue(client: KnownClient, asked: AskedTarget): Promise<IssuedToken> {
    const { id: clientId, grants, audiences, scopes } = client.row;
    if (!grants.includes('client_credentials')) throw new GrantForbiddenError();
    const audience = allowedAudience(asked.audience, audiences);
    const issued = await this.issuer.issue(client, { audience, scopes: allowedScopes(asked.scopes, scopes) });
    this.events.record({
      type: 'service_token_issued',
      clientId,
      tokenId: issued.tokenId,
      audience,
      scopes: issued.scopes,
    });
    return issued;
  }
}
