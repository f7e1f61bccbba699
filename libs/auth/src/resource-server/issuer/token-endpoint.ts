import {
  type AuthError,
  ClientInvalidError,
  GrantForbiddenError,
  GrantInvalidError,
  GrantUnsupportedError,
  RequestInvalidError,
  ScopeInvalidError,
  StoreUnavailableError,
  TargetInvalidError,
} from '../../errors/auth-error.js';
import { membersOf, parsed, type HttpClient } from '../../http-client/http-client.js';
import type { Clock } from '../../time/clock.js';
import type { ClientCredentials } from './client-credentials.js';

/** The parameters of a request for a token. */
export interface TokenRequest {
  /** The service it is for. Default: as the issuer has it for this client. */
  readonly audience?: string;
  /** Default: all that this client may have. */
  readonly scopes?: readonly string[];
}

export interface TokenEndpointRules {
  readonly tokenUrl: string;
  readonly timeoutMs: number;
  readonly credentials: ClientCredentials;
  /** Whom an assertion of ours is for: the issuer (RFC 7523, section 3), and what it was before or is called already. */
  readonly audience: string | readonly string[];
}

const MAX_BYTES = 64 * 1024;
/** RFC 6749, appendix A.12. A header refuses what is no such text by quoting it. */
const VISIBLE = /^[\x21-\x7e]+$/;

/** An issuer's token endpoint (RFC 6749, section 3.2), asked as one client. */
export class TokenEndpoint {
  constructor(
    private readonly rules: TokenEndpointRules,
    private readonly remote: HttpClient,
    private readonly clock: Clock,
  ) {}

  /** Throws the errors of `REFUSALS`; StoreUnavailableError for every other answer without a token. */
  async ask(
    grant: Readonly<Record<string, string>>,
    request: TokenRequest,
  ): Promise<{ token: string; lifeMs: number }> {
    const { tokenUrl, timeoutMs, credentials } = this.rules;
    const { audience, scopes = [] } = request;
    const { fields, headers } = await credentials.proofFor(this.rules.audience, this.clock);
    const form = new URLSearchParams({
      ...grant,
      ...fields,
      ...(audience !== undefined && { audience }),
      ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    });
    let refused: AuthError | undefined;
    try {
      const limits = { timeoutMs, maxBytes: MAX_BYTES };
      const answer = await this.remote.ask(tokenUrl, { method: 'POST', headers, form }, limits);
      refused = refusalIn(answer.text);
      if (!refused) return tokenOf(tokenUrl, membersOf(tokenUrl, answer));
    } catch (cause) {
      throw new StoreUnavailableError({ cause });
    }
    throw refused;
  }
}

function tokenOf(url: string, members: Readonly<Record<string, unknown>>): { token: string; lifeMs: number } {
  const { access_token: token, token_type: type, expires_in: seconds } = members;
  const isLife = typeof seconds === 'number' && seconds >= 0 && Number.isFinite(seconds);
  // Not shown: a token may be among it.
  if (typeof token !== 'string' || !VISIBLE.test(token) || !/^bearer$/i.test(String(type)) || !isLife)
    throw new Error(`${url} answered with something else than a bearer token and its life`);
  return { token, lifeMs: seconds * 1000 };
}

const invalid = (): AuthError =>
  new RequestInvalidError('The issuer could not read the request for a token.');

/**
 * Answers that are decisions, by `code`, which tells more, or by `error` (RFC 6749, section 5.2; RFC 8693, section 2.2.2:
 * a subject token that is no good is `invalid_request`). Anything else that is no token is an outage.
 */
const REFUSALS: Readonly<Record<string, () => AuthError>> = {
  AUTH_GRANT_INVALID: () => new GrantInvalidError(),
  invalid_client: () => new ClientInvalidError(),
  unauthorized_client: () => new GrantForbiddenError(),
  unsupported_grant_type: () => new GrantUnsupportedError(),
  invalid_grant: () => new GrantInvalidError(),
  invalid_scope: () => new ScopeInvalidError(),
  invalid_target: () => new TargetInvalidError(),
  invalid_request: invalid,
};

function refusalIn(text: string): AuthError | undefined {
  const { code, error } = Object(parsed(text)) as { code?: unknown; error?: unknown };
  const known = [code, error].find((name) => typeof name === 'string' && Object.hasOwn(REFUSALS, name));
  return known === undefined ? undefined : REFUSALS[known as string]!();
}
