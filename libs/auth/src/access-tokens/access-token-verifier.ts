import type { Principal } from '../principal/principal.js';
import { ACCESS_TOKEN_TYPE, type AccessToken, RESERVED_CLAIMS, type TokenClient } from './access-token.js';
import { scopeList, seconds, text, words } from './claim-readers.js';
import type { JsonObject } from './compact-jws.js';
import { type JwtVerifier, timesOf } from './jwt-verifier.js';
import { CachingVerifier } from './caching-verifier.js';

/** The only verifier of access tokens: guards, strategies and gateways use it. */
export class AccessTokenVerifier extends CachingVerifier<AccessToken> {
  /** @internal */
  constructor(tokens: JwtVerifier, cacheSize: number) {
    super(tokens, cacheSize, ACCESS_TOKEN_TYPE);
  }

  protected read(claims: JsonObject): AccessToken {
    return readAccessToken(claims);
  }
}

/** The access token of a genuine token's claims. Throws AccessTokenInvalidError. */
export function readAccessToken(claims: JsonObject): AccessToken {
  const principal = Object.freeze({
    ...profileOf(claims),
    id: text(claims['sub']),
    roles: words(claims['roles']),
    scopes: scopeList(claims['scope']),
    signInId: text(claims['sid']),
    kind: 'tokens' as const,
    authenticatedAt: new Date(seconds(claims['auth_time']) * 1000),
    methods: words(claims['amr']),
  }) as Principal;
  return {
    principal,
    id: text(claims['jti']),
    subjectEpoch: seconds(claims['sep']),
    globalEpoch: seconds(claims['gep']),
    generation: claims['gen'] === undefined ? null : seconds(claims['gen']),
    client: clientOf(claims),
    ...timesOf(claims),
  };
}

function profileOf(claims: JsonObject): Record<string, unknown> {
  const profile: Record<string, unknown> = {};
  for (const name of Object.keys(claims)) if (!RESERVED_CLAIMS.has(name)) profile[name] = claims[name];
  return profile;
}

function clientOf({ client_id: id, cep }: JsonObject): TokenClient | null {
  // One that does not say is older than any change of its client.
  return id === undefined ? null : { id: text(id), epoch: cep === undefined ? 0 : seconds(cep) };
}
