import type { AccessToken } from '../access-tokens/access-token.js';
import { AccessTokenExpiredError } from '../errors/auth-error.js';
import type { AdmittedToken } from '../revocation-check/token-authenticator.js';
import type { ServiceToken } from '../service-tokens/service-token.js';
import { type CredentialNames, WatchedCredential } from './watched-credential.js';

/** An access token, or the token of a service. It is asked about as a request with it would be. */
export class WatchedToken extends WatchedCredential {
  readonly names: CredentialNames;
  readonly dueAt: number;

  constructor(
    private readonly admitted: AdmittedToken<AccessToken | ServiceToken>,
    clockToleranceMs: number,
  ) {
    super(admitted.token.principal);
    const { token } = admitted;
    this.names = namesOf(token);
    this.dueAt = token.expiresAt + clockToleranceMs;
  }

  refuseIfKnown(): boolean {
    this.admitted.authenticator.refuseIfKnown(this.admitted.token);
    return false;
  }

  refuseIfExpired(): void {
    throw new AccessTokenExpiredError();
  }

  async ask(maxStalenessMs: number | null): Promise<void> {
    await this.admitted.authenticator.authenticate(this.admitted.text, maxStalenessMs);
  }
}

function namesOf(token: AccessToken | ServiceToken): CredentialNames {
  if (!('subjectEpoch' in token))
    return { signIn: null, subject: null, token: token.id, client: token.principal.clientId };
  const { principal, id, client } = token;
  return { signIn: principal.signInId, subject: principal.id, token: id, client: client?.id ?? null };
}
