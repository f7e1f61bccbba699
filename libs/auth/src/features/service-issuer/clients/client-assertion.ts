import { ACCESS_TOKEN_TYPE } from '../../../access-tokens/access-token.js';
import { seconds, text } from '../../../access-tokens/claim-readers.js';
import { readCompactJws } from '../../../access-tokens/compact-jws.js';
import { JwtVerifier } from '../../../access-tokens/jwt-verifier.js';
import { tokenType } from '../../../access-tokens/token-type.js';
import { AccessTokenInvalidError } from '../../../errors/auth-error.js';
import type { Clock } from '../../../time/clock.js';
import { ClientKeys } from './client-jwks.js';
import type { ClientJwk } from './service-client-row.js';
import { SERVICE_TOKEN_TYPE } from '../../../service-tokens/service-token.js';

const LONGEST_LIFE_MS = 5 * 60_000;
const MAX_JTI = 255;
/** Types of our own: none of them is an assertion. */
const OUR_TYPES: ReadonlySet<unknown> = new Set([ACCESS_TOKEN_TYPE, SERVICE_TOKEN_TYPE]);

/** The client that an assertion says it is of, before anything is verified; `undefined` for what cannot be one. */
export function clientOfAssertion(assertion: string): unknown {
  return readCompactJws(assertion)?.payload['sub'];
}

/**
 * What an assertion is checked against (RFC 7523, section 3): the client is its issuer and its subject, it is for us, good
 * for five minutes at most, and has an id.
 */
export class ClientAssertions {
  constructor(
    /** The issuer, and what it was before; the URL of the token endpoint where an option says so. */
    private readonly audience: () => readonly string[],
    private readonly clockToleranceMs: number,
    private readonly clock: Clock,
  ) {}

  /** For how long an id must be remembered: as long as any assertion can be good, and what clocks may differ by. */
  get rememberMs(): number {
    return 2 * (LONGEST_LIFE_MS + this.clockToleranceMs);
  }

  /** The `jti` of a genuine assertion of this client. Throws AccessTokenInvalid- and -ExpiredError. */
  async verify(assertion: string, clientId: string, jwks: readonly ClientJwk[]): Promise<string> {
    const { clockToleranceMs } = this;
    const rules = { issuer: clientId, audience: this.audience(), clockToleranceMs };
    const verifier = new JwtVerifier(new ClientKeys(jwks), rules, this.clock);
    const claims = await verifier.authentic(assertion, (type) => !OUR_TYPES.has(tokenType(type)));
    if (claims['sub'] !== clientId) throw new AccessTokenInvalidError();
    const expiresAt = seconds(claims['exp']) * 1000;
    const starts = ['iat', 'nbf'].map((name) => (claims[name] === undefined ? 0 : seconds(claims[name])));
    verifier.checkTimes({ expiresAt, notBefore: Math.max(...starts) * 1000 });
    if (expiresAt > this.clock.now() + LONGEST_LIFE_MS + clockToleranceMs)
      throw new AccessTokenInvalidError();
    const jti = text(claims['jti']);
    if (jti.length > MAX_JTI) throw new AccessTokenInvalidError();
    return jti;
  }
}
