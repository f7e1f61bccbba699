import { everyAudience, type JwtRules, JwtVerifier } from '../../access-tokens/jwt-verifier.js';
import { FORBIDDEN_HEADERS, MAX_JWS_LENGTH, readCompactJws } from '../../access-tokens/compact-jws.js';
import { decodeBase64url } from '../../crypto/base64url.js';
import { AccessTokenExpiredError } from '../../errors/auth-error.js';
import { SystemClock } from '../../time/clock.js';
import { visible } from '../visible.js';
import type { GivenKeys } from './given-keys.js';
import { audiencesOf, type ReadJwt } from './presented-token.js';

const CLAIMS: Readonly<Record<ReadJwt['kind'], readonly string[]>> = {
  'access token': ['sub', 'sid', 'jti', 'iat', 'exp', 'auth_time', 'amr', 'roles', 'scope', 'sep', 'gep'],
  'service token': ['sub', 'client_id', 'jti', 'iat', 'exp', 'scope', 'sep', 'gep'],
  JWT: [],
};

/**
 * Why the verifier refused a token, which it does not tell anybody. Asked in its order, and of itself wherever it can answer:
 * this decides nothing.
 */
export async function refusalReason(
  token: ReadJwt,
  keys: GivenKeys,
  rules: JwtRules,
  error: unknown,
): Promise<string> {
  if (error instanceof AccessTokenExpiredError) return 'its time is over, or has not come yet';
  const { header, claims, kind } = token;
  const { kid, alg, typ } = header;
  if (!readCompactJws(token.text)) return formReason(token);
  if (kind === 'JWT')
    return `its type is ${shown(typ)}, and only "at+jwt" (access tokens) and "service+jwt" (service tokens) are taken`;
  const key = keys.find(kid as string);
  if (!key) {
    const isOfSecret = keys.kids.every((known) => isHmac(keys.find(known)!.alg));
    const hint =
      isOfSecret && !isHmac(alg) ? `; the secret alone gives no key for ${shown(alg)}: give --jwks` : '';
    return `no key has its kid ${shown(kid)} (known: ${keys.kids.map(visible).join(', ')})${hint}`;
  }
  if (key.alg !== alg) return `its alg is ${shown(alg)}, and the key of its kid is for ${key.alg}`;
  const itsOwn = { ...rules, issuer: String(claims['iss']), audience: audiencesOf(claims) };
  const isSigned = await new JwtVerifier(keys, itsOwn, new SystemClock())
    .authentic(token.text, () => true)
    .then(
      () => true,
      () => false,
    );
  if (claims['iss'] !== rules.issuer)
    return `its issuer (iss) is ${shown(claims['iss'])}, and must be ${shown(rules.issuer)}`;
  if (!audiencesOf(claims).some((one) => everyAudience(rules).includes(one)))
    return `its audience (aud) is ${shown(claims['aud'])}, and must have ${rules.audience.map(shown).join(' or ')}`;
  if (!isSigned) return 'its signature does not fit: it was changed, or signed with another key of that kid';
  const missing = CLAIMS[kind].filter((name) => !Object.hasOwn(claims, name));
  return missing.length > 0 ? `it has no ${missing.join(', ')}` : 'one of its claims has the wrong form';
}

function formReason({ text, header }: ReadJwt): string {
  if (text.length > MAX_JWS_LENGTH) return `it is longer than ${MAX_JWS_LENGTH} bytes`;
  if (text.split('.').some((segment) => segment === '' || !decodeBase64url(segment)))
    return 'a part of it is empty, or is not canonical base64url';
  const own = FORBIDDEN_HEADERS.filter((name) => Object.hasOwn(header, name));
  if (own.length > 0) return `its header has ${own.join(', ')}, which would tell a verifier what to trust`;
  for (const name of ['alg', 'kid'])
    if (typeof header[name] !== 'string') return `its header has no ${name}; there is no fallback`;
  return 'it has a member twice';
}

function isHmac(alg: unknown): boolean {
  return /^HS\d+$/.test(String(alg));
}

function shown(value: unknown): string {
  return visible(JSON.stringify(value) ?? 'left out');
}
