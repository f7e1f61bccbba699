import type { Principal } from '../principal/principal.js';

/** The `typ` header of an access token (RFC 9068, section 2.1). */
export const ACCESS_TOKEN_TYPE = 'at+jwt';

/** The service client that got a token by exchange. */
export interface TokenClient {
  readonly id: string;
  /** The client's epoch when the token was issued (`cep`). */
  readonly epoch: number;
}

/** The content of a genuine access token. */
export interface AccessToken {
  readonly principal: Principal;
  /** Unique (`jti`). */
  readonly id: string;
  /** The subject's epoch, read before the roles were loaded (`sep`). */
  readonly subjectEpoch: number;
  /** The global epoch (`gep`). */
  readonly globalEpoch: number;
  /** The generation of its refresh-token family (`gen`); null for a token without the claim. */
  readonly generation: number | null;
  /** Null for a token that came from no exchange of a client. */
  readonly client: TokenClient | null;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly notBefore: number;
}

/** Claims with a meaning of their own: a profile may not use them. */
export const RESERVED_CLAIMS: ReadonlySet<string> = new Set([
  'iss',
  'aud',
  'sub',
  'exp',
  'nbf',
  'iat',
  'jti',
  'client_id',
  'cep',
  'sid',
  'sep',
  'gep',
  'gen',
  'auth_time',
  'amr',
  'acr',
  'roles',
  'scope',
  'act',
  'cnf',
  '__proto__',
]);
