/** What the members of a header mean. */
export const HEADER_MEANINGS: ReadonlyMap<string, string> = new Map([
  ['alg', 'The algorithm of the signature. The verifier takes the one of the key, never this one.'],
  ['kid', 'Which of the published keys signed it.'],
  ['typ', 'What the token is for: at+jwt is an access token, service+jwt a service token.'],
  ['crit', 'Extensions that a verifier must understand. Ours refuses every one.'],
  ['jwk', 'A key that the token brings along. A verifier that used it would accept any token.'],
  ['jku', 'An address of keys that the token brings along. A verifier must not fetch it.'],
  ['x5u', 'An address of certificates that the token brings along. A verifier must not fetch it.'],
  ['x5c', 'Certificates that the token brings along. A verifier must not trust them.'],
  ['zip', 'A compressed payload. Ours is never compressed.'],
  ['b64', 'A payload that is not encoded. Ours always is.'],
  ['cty', 'The type of what is inside.'],
]);

/** What claims mean (RFC 7519, RFC 9068, and those of this library). */
export const CLAIM_MEANINGS: ReadonlyMap<string, string> = new Map([
  ['iss', 'Issuer: who made the token.'],
  ['aud', 'Audience: for whom it is. A server that is not named must refuse it.'],
  ['sub', 'Subject: the id of the user, or client: and the id of a service.'],
  ['exp', 'Expires. From then on it is refused.'],
  ['nbf', 'Not before: refused until then.'],
  ['iat', 'Issued at.'],
  ['jti', 'The id of this one token. It can be revoked by itself.'],
  ['sid', 'The sign-in that it belongs to. When the sign-in ends, the token ends.'],
  ['auth_time', 'When the user last authenticated. A refresh does not change it.'],
  ['amr', 'How the user authenticated, such as pwd for a password (RFC 8176).'],
  ['acr', 'How strong the authentication was.'],
  ['roles', 'Roles of the user, when it was issued.'],
  ['scope', 'Scopes, separated by spaces: what the token may be used for.'],
  ['sep', 'Subject epoch: a count of changes of the account. A token of an earlier count is stale or ended.'],
  ['gep', 'Global epoch: a count of "sign everybody out". A token of an earlier count has ended.'],
  ['gen', 'Generation: the number of refreshes of the sign-in before it.'],
  ['client_id', 'The service that got the token.'],
  ['cep', 'Client epoch: a count of changes of that service.'],
  ['act', 'Actor: the service that acts for the user.'],
  ['cnf', 'Confirmation: a key that the sender must hold.'],
  ['azp', 'Authorised party: the client that asked for the token.'],
  ['nonce', 'Ties an id token to one request for it.'],
  ['email', 'An e-mail address. Every holder of the token can read it.'],
  ['name', 'A name. Every holder of the token can read it.'],
]);

/** Claims that are instants, in seconds since 1970. */
export const TIME_CLAIMS: ReadonlySet<string> = new Set(['auth_time', 'iat', 'nbf', 'exp']);
