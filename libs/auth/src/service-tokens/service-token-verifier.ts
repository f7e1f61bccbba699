import { scopeList, seconds, text } from '../access-tokens/claim-readers.js';
import type { JsonObject } from '../access-tokens/compact-jws.js';
import { type JwtVerifier, timesOf } from '../access-tokens/jwt-verifier.js';
import { CachingVerifier } from '../access-tokens/caching-verifier.js';
import { AccessTokenInvalidError } from '../errors/auth-error.js';
import { SERVICE_TOKEN_TYPE, type ServiceToken, subjectOfClient } from './service-token.js';

/** The one verifier of service tokens. Throws as that of access tokens does. */
export class ServiceTokenVerifier extends CachingVerifier<ServiceToken> {
  constructor(tokens: JwtVerifier, cacheSize: number) {
    super(tokens, cacheSize, SERVICE_TOKEN_TYPE);
  }

  protected read(claims: JsonObject): ServiceToken {
    return readServiceToken(claims);
  }
}

/** What the claims of a genuine service token say. Throws AccessTokenInvalidError. */
export function readServiceToken(claims: JsonObject): ServiceToken {
  const clientId = text(claims['client_id']);
  if (claims['sub'] !== subjectOfClient(clientId)) throw new AccessTokenInvalidError();
  const id = text(claims['jti']);
  return {
    principal: Object.freeze({ clientId, scopes: scopeList(claims['scope']), tokenId: id }),
    id,
    clientEpoch: seconds(claims['sep']),
    globalEpoch: seconds(claims['gep']),
    ...timesOf(claims),
  };
}
