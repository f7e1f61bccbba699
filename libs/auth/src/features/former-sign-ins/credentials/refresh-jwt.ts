import { createHmac } from 'node:crypto';
import { type JsonObject, readSignedJson, signedPart } from '../../../access-tokens/compact-jws.js';
import { equalInConstantTime } from '../../../crypto/constant-time.js';
import { sha256 } from '../../../crypto/digest.js';
import { AuthConfigError } from '../../../errors/auth-config-error.js';
import type { SubjectId } from '../../../principal/user-directory.js';
import { isFunction, OptionReader } from '../../../validation/option-reader.js';
import { isSecrets, secretsOf } from './former-secrets.js';
import type { FormerCredential } from './former-credential.js';

const ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const;
const HASHES = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' } as const;

/** Options of `refreshJwt()`. */
export interface RefreshJwtOptions {
  /** What the refresh tokens are signed with: one secret, or several. Under 32 bytes only together with `isCurrent`. */
  readonly secret: string | readonly string[];
  /** The one algorithm that is accepted. Default `HS256`, as that of `jsonwebtoken` and `@nestjs/jwt`. */
  readonly algorithm?: (typeof ALGORITHMS)[number];
  /** What `iss` must be. Default: it is not looked at. */
  readonly issuer?: string;
  /** What `aud` must hold. Default: it is not looked at. */
  readonly audience?: string;
  /** The user's id among the claims; undefined: the token is no refresh token. Default: `sub`. */
  readonly subject?: (claims: JsonObject) => SubjectId | null | undefined;
  /**
   * Whether a genuine token is the one that this user has now: compare it with what the users table keeps, as the refresh
   * route compared it. An access token that is signed with the same secret must be refused here. Default: every genuine token
   * is.
   */
  readonly isCurrent?: (subject: SubjectId, token: string, claims: JsonObject) => boolean | Promise<boolean>;
  /** The cookie that holds it. Default: it comes in the body. */
  readonly cookie?: string;
}

/** RFC 7518, section 3.2: a shorter key can be guessed from one token. */
const LONG_ENOUGH = 32;
/** RFC 8725, section 3.1: such a token is forged with the key that everybody has. */
const PUBLIC_KEY = /-----BEGIN ([A-Z0-9]+ )*(PUBLIC KEY|CERTIFICATE)-----/;

const isReader = (v: unknown): v is NonNullable<RefreshJwtOptions['subject']> => isFunction(v);
const isCheck = (v: unknown): v is RefreshJwtOptions['isCurrent'] => v === undefined || isFunction(v);
const isText = (v: unknown): v is string | undefined =>
  v === undefined || (typeof v === 'string' && v !== '');
const isInstant = (v: unknown): v is number => typeof v === 'number' && Number.isFinite(v);

/**
 * Refresh tokens that are JWTs, signed with a secret: for `accept` of `formerSignIns`. `exp` is required.
 *
 * @throws AuthConfigError for an option that is wrong: a secret under 32 bytes without `isCurrent`, too.
 * @example
 * ```ts
 * import { createHash } from 'node:crypto';
 * import { formerSignIns, refreshJwt } from 'nestjs-aerie/former-sign-ins';
 *
 * declare const users: { refreshHashOf(id: number): Promise<string | null> };
 *
 * export const former = formerSignIns({
 *   accept: [
 *     refreshJwt({
 *       secret: process.env['JWT_REFRESH_SECRET'] ?? '',
 *       isCurrent: async (id, token) =>
 *         (await users.refreshHashOf(Number(id))) === createHash('sha256').update(token).digest('hex'),
 *     }),
 *   ],
 *   until: '2027-03-01T00:00:00Z',
 * });
 * ```
 */
export function refreshJwt(options: RefreshJwtOptions): FormerCredential {
  const reader = new OptionReader(options, 'refreshJwt');
  const secrets = secretsOf(reader.secret('secret', 'a text, or a list of texts', isSecrets));
  if (secrets.some((secret) => PUBLIC_KEY.test(secret)))
    throw new AuthConfigError(
      '"refreshJwt.secret" must be a secret that tokens are signed with by HMAC (got a public key): a client that knows it could sign in as any user',
    );
  const algorithm = reader.oneOf('algorithm', ALGORITHMS, 'HS256');
  const issuer = reader.custom('issuer', 'a text', isText, undefined);
  const audience = reader.custom('audience', 'a text', isText, undefined);
  const subject = reader.custom('subject', 'a function', isReader, ({ sub }) => sub as SubjectId);
  const isCurrent = reader.custom('isCurrent', 'a function', isCheck, undefined);
  const cookie = reader.custom('cookie', 'the name of the cookie', isText, undefined);
  reader.done();
  if (!isCurrent && secrets.some((secret) => Buffer.byteLength(secret) < LONG_ENOUGH))
    throw new AuthConfigError(
      `"refreshJwt.secret" must have ${LONG_ENOUGH} bytes or more, or "isCurrent" beside it (got less, and none): a client that guesses it could sign in as any user`,
    );
  const isFor = ({ iss, aud }: JsonObject): boolean =>
    (issuer === undefined || iss === issuer) &&
    (audience === undefined || (Array.isArray(aud) ? aud.includes(audience) : aud === audience));
  const claimsOf = (token: string): JsonObject | undefined => genuineClaims(token, algorithm, secrets);
  return {
    name: 'refresh-jwt',
    opens: 'tokens',
    ...(cookie !== undefined && { cookie }),
    identify: (token) => claimsOf(token) && sha256(token).toString('base64url'),
    async read(token, now) {
      const claims = claimsOf(token)!;
      if (!isFor(claims) || !isTimely(claims, now)) return null;
      const owner = subject(claims);
      if (owner === undefined || owner === null) return null;
      if (isCurrent && (await isCurrent(owner, token, claims)) !== true) return null;
      return { subject: owner };
    },
  };
}

function genuineClaims(
  token: string,
  algorithm: (typeof ALGORITHMS)[number],
  secrets: readonly string[],
): JsonObject | undefined {
  const read = readSignedJson(token);
  if (!read || read.header['alg'] !== algorithm) return undefined;
  const input = signedPart(token);
  const isOf = (secret: string): boolean =>
    equalInConstantTime(createHmac(HASHES[algorithm], secret).update(input).digest(), read.signature);
  return secrets.some(isOf) ? read.payload : undefined;
}

/** `exp` is required; one of the future is as good as none. */
function isTimely({ exp, nbf }: JsonObject, now: number): boolean {
  return isInstant(exp) && now < exp * 1000 && (nbf === undefined || (isInstant(nbf) && now >= nbf * 1000));
}
