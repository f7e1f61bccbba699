import { LRUCache } from 'lru-cache';
import { FetchHttpClient, type HttpClient, isSecureUrl, SECURE_URL } from '../../http-client/http-client.js';
import { type Clock, SystemClock } from '../../time/clock.js';
import type { Duration } from '../../time/duration.js';
import { OptionReader } from '../../validation/option-reader.js';
import { ClientCredentials, type ClientCredentialsOptions, shortText } from './client-credentials.js';
import { TokenEndpoint, type TokenRequest } from './token-endpoint.js';

/**
 * Options of `ServiceTokenClient`: its credentials and the issuer's token endpoint.
 */
export type ServiceTokenClientOptions = ClientCredentialsOptions & {
  /** The issuer's token endpoint, such as `https://api.example.com/auth/token`: https, or http on loopback. */
  readonly tokenUrl: string;
  /** Whom an assertion of a `privateKey` is for: the issuer's own `issuer`. Required with `privateKey`; else not used. */
  readonly issuer?: string;
  /** How long an answer may take, 100ms to 60s. Default `5s`. */
  readonly timeout?: Duration;
};

/**
 * What `ServiceTokenClient.exchange` asks for.
 */
export interface ExchangeRequest extends TokenRequest {
  /** The access token that a person's request came with. */
  readonly subjectToken: string;
}

interface Held {
  readonly token: string;
  /** By the monotonic clock. */
  readonly renewAt: number;
}

/** How many kinds of tokens are kept: one for each audience and set of scopes. */
const MAX_HELD = 100;
/** A token is not handed out in its last tenth of life, nor in its last ten seconds. */
const LAST_PART = 0.1;
const LAST_MS = 10_000;
const GRANT = {
  client: 'client_credentials',
  exchange: 'urn:ietf:params:oauth:grant-type:token-exchange',
} as const;
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/**
 * A service's own tokens, from the issuer's token endpoint: to call other services in its own name (RFC 6749, section 4.4),
 * or for the user whose request it serves (RFC 8693).
 *
 * @throws AuthConfigError for a wrong option.
 * @throws ClientInvalidError, ScopeInvalidError, TargetInvalidError, GrantForbiddenError, GrantUnsupportedError when the
 * issuer refuses; GrantInvalidError from `exchange` when the user's sign-in has ended.
 * @throws StoreUnavailableError when the issuer does not answer within `timeout`.
 * @example
 * ```ts
 * import { ServiceTokenClient } from 'nestjs-aerie/resource-server';
 *
 * const tokens = new ServiceTokenClient({
 *   tokenUrl: 'https://api.example.com/auth/token',
 *   clientId: 'orders',
 *   secret: process.env['CLIENT_SECRET'],
 * });
 * export const own = () => tokens.token({ audience: 'stock', scopes: ['stock:read'] });
 * export const forUser = (subjectToken: string) => tokens.exchange({ subjectToken, audience: 'stock' });
 * ```
 */
export class ServiceTokenClient {
  private readonly endpoint: TokenEndpoint;
  private readonly held = new LRUCache<string, Held>({ max: MAX_HELD });
  private readonly asking = new Map<string, Promise<string>>();

  constructor(options: ServiceTokenClientOptions);
  /** @internal */
  constructor(options: ServiceTokenClientOptions | TokenEndpoint, remote?: HttpClient, clock?: Clock);
  constructor(
    options: ServiceTokenClientOptions | TokenEndpoint,
    remote: HttpClient = new FetchHttpClient(),
    private readonly clock: Clock = new SystemClock(),
  ) {
    this.endpoint = options instanceof TokenEndpoint ? options : endpointOf(options, remote, clock);
  }

  /**
   * A token of this service's own, the same one until shortly before it expires; who asks meanwhile waits for the same
   * answer. Throws ClientInvalid-, ScopeInvalid-, TargetInvalid-, GrantForbidden-, GrantUnsupported- and StoreUnavailableError.
   */
  async token(request: TokenRequest = {}): Promise<string> {
    const key = JSON.stringify([request.audience, [...(request.scopes ?? [])].sort()]);
    const held = this.held.get(key);
    if (held && this.clock.monotonic() < held.renewAt) return held.token;
    let asking = this.asking.get(key);
    if (!asking) {
      asking = this.renew(key, request).finally(() => this.asking.delete(key));
      this.asking.set(key, asking);
    }
    return asking;
  }

  /** Forgets a token that was refused where it was presented: the next one is asked for. */
  forget(token: string): void {
    for (const [key, held] of this.held.entries()) if (held.token === token) this.held.delete(key);
  }

  /**
   * A person's access token for another service, in exchange for the one that the person's request came with; it ends with
   * the same sign-in. Each call asks the issuer. Throws GrantInvalidError when that sign-in has ended, and what `token`
   * throws.
   */
  async exchange({ subjectToken, ...request }: ExchangeRequest): Promise<string> {
    const fields = { subject_token: subjectToken, subject_token_type: ACCESS_TOKEN };
    return (await this.endpoint.ask({ grant_type: GRANT.exchange, ...fields }, request)).token;
  }

  private async renew(key: string, request: TokenRequest): Promise<string> {
    const sentAt = this.clock.monotonic();
    const { token, lifeMs } = await this.endpoint.ask({ grant_type: GRANT.client }, request);
    const renewAt = sentAt + lifeMs - Math.max(LAST_MS, lifeMs * LAST_PART);
    this.held.set(key, { token, renewAt });
    return token;
  }
}

function endpointOf(options: ServiceTokenClientOptions, remote: HttpClient, clock: Clock): TokenEndpoint {
  const reader = new OptionReader(options);
  const tokenUrl = reader.secret('tokenUrl', SECURE_URL, isSecureUrl);
  const rules = {
    tokenUrl,
    audience: reader.has('privateKey')
      ? reader.custom('issuer', 'given beside "privateKey": the issuer\'s own "issuer"', shortText)
      : reader.custom('issuer', 'a non-empty string', shortText, tokenUrl),
    timeoutMs: reader.duration('timeout', { default: '5s', min: '100ms', max: '60s' }),
    credentials: ClientCredentials.read(reader),
  };
  reader.done();
  return new TokenEndpoint(rules, remote, clock);
}
