import type { AttemptLimiter } from '../../../attempts/attempt-limiter.js';
import type { SecurityEventSink, ClientRefusal } from '../../../audit/security-event.js';
import { AuthError, ClientInvalidError, StoreUnavailableError } from '../../../errors/auth-error.js';
import type { Requester } from '../../../principal/requester.js';
import { type ClientAssertions, clientOfAssertion } from './client-assertion.js';
import { isClientId } from './client-registration.js';
import { isSecretOf } from './client-secret.js';
import type { ServiceClientReading, ServiceClientStore } from './service-client-store.js';

const ASSERTION = 'assertion';

/** How a client says who it is: one of the methods, never two. */
export type ClientProof =
  | { readonly kind: 'secret'; readonly clientId: string; readonly secret: string }
  | {
      readonly kind: 'assertion';
      readonly assertion: string;
      /** Named beside it; then it must be the same. */
      readonly clientId: string | null;
    };

/** A client that proved to be the one, as it was when it did; its epoch was read before anything is issued under it. */
export type KnownClient = ServiceClientReading;

/** Finds out which client makes a request. Outside, every refusal looks the same. */
export class ClientAuthenticator {
  constructor(
    private readonly store: ServiceClientStore,
    private readonly assertions: ClientAssertions,
    private readonly events: SecurityEventSink,
    private readonly attempts: AttemptLimiter,
  ) {}

  /** Throws ClientInvalidError, RateLimitedError, StoreUnavailableError. */
  async authenticate(proof: ClientProof, requester: Requester): Promise<KnownClient> {
    const named = proof.kind === 'secret' ? proof.clientId : clientOfAssertion(proof.assertion);
    const identifier = typeof named === 'string' ? named : '';
    const attempt = await this.attempts.take('client', { identifier, requester });
    try {
      const known = await this.proved(proof, named, requester);
      await attempt.succeeded();
      return known;
    } catch (error) {
      if (!(error instanceof ClientInvalidError)) await attempt.cancelled();
      throw error;
    }
  }

  private async proved(
    proof: ClientProof,
    named: ReturnType<typeof clientOfAssertion> | string,
    requester: Requester,
  ): Promise<KnownClient> {
    const found = isClientId(named) ? await this.store.find(named) : null;
    const refusal =
      proof.kind === 'secret'
        ? this.refusalOfSecret(found, proof.secret)
        : await this.refusalOfAssertion(found, proof.assertion, proof.clientId);
    if (found && !refusal) return found;
    const { ip, userAgent } = requester;
    // An unknown id may be a secret in the wrong field.
    this.events.record({
      type: 'client_refused',
      reason: refusal ?? 'unknown',
      clientId: found?.row.id ?? null,
      ip,
      userAgent,
    });
    throw new ClientInvalidError();
  }

  private refusalOfSecret(found: ServiceClientReading | null, secret: string): ClientRefusal | null {
    const isRight = isSecretOf(found, secret);
    if (!found) return 'unknown';
    if (!isRight) return 'secret';
    return found.row.disabledAt === null ? null : 'disabled';
  }

  private async refusalOfAssertion(
    found: ServiceClientReading | null,
    assertion: string,
    clientId: string | null,
  ): Promise<ClientRefusal | null> {
    if (!found) return 'unknown';
    const { id, jwks, disabledAt } = found.row;
    if (!jwks || (clientId !== null && clientId !== id)) return 'assertion';
    let jti: string;
    try {
      jti = await this.assertions.verify(assertion, id, jwks);
    } catch (error) {
      if (!(error instanceof AuthError) || error instanceof StoreUnavailableError) throw error;
      return 'assertion';
    }
    if (disabledAt !== null) return 'disabled';
    const { rememberMs: lifeMs } = this.assertions;
    return (await this.store.spend({ purpose: ASSERTION, client: id, jti, lifeMs })) ? null : 'replay';
  }
}
