import { AccessTokenVerifier } from '../../access-tokens/access-token-verifier.js';
import { type JwtRules, JwtVerifier } from '../../access-tokens/jwt-verifier.js';
import { DerivedKeys } from '../../crypto/derived-keys.js';
import { AccessTokenInvalidError, AuthError } from '../../errors/auth-error.js';
import { RefreshTokenCodec } from '../../refresh-tokens/refresh-token-codec.js';
import { ServiceTokenVerifier } from '../../service-tokens/service-token-verifier.js';
import { SessionTokenCodec } from '../../sessions/session-token.js';
import { SystemClock } from '../../time/clock.js';
import { CannotRun } from '../cannot-run.js';
import { type GivenKeys, publishedKeys, secretKeys } from './given-keys.js';
import { audiencesOf, type PresentedToken, type ReadJwt } from './presented-token.js';
import { refusalReason } from './refusal-reason.js';

/** The module's default (`accessTokens.clockTolerance`). */
const CLOCK_TOLERANCE_MS = 5_000;

/** What a token is judged with. */
export interface Grounds {
  readonly jwks?: string | undefined;
  readonly secret: string | null;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

export interface Verdict {
  readonly accepted: boolean;
  /** Why it was refused, or what accepting it means. */
  readonly why: string;
  /** What was not asked for, or what a command cannot know. */
  readonly notChecked: readonly string[];
  readonly notes: readonly string[];
}

/** Null: nothing was given to judge with. Throws CannotRun for grounds that do not fit the token. */
export async function verdictOn(token: PresentedToken, grounds: Grounds): Promise<Verdict | null> {
  const { jwks, secret } = grounds;
  if (jwks !== undefined && secret !== null) throw new CannotRun('give --jwks or a secret, not both');
  if (jwks === undefined && secret === null) {
    if (grounds.issuer !== undefined || grounds.audience !== undefined)
      throw new CannotRun(
        '--issuer and --audience need keys: give --jwks, --secret-env or --secret-file too',
      );
    return null;
  }
  if ('header' in token) return ofJwt(token, grounds);
  if (secret === null)
    throw new CannotRun(`a ${token.kind} has no signature: give --secret-env or --secret-file, and --issuer`);
  return ofOpaque(token, secret, grounds.issuer);
}

async function ofJwt(token: ReadJwt, { jwks, secret, issuer, audience }: Grounds): Promise<Verdict> {
  const { iss } = token.claims;
  const expected = issuer ?? (typeof iss === 'string' ? iss : '');
  const keys = secret === null ? await publishedKeys(jwks!) : secretKeys(secret, expected, token.header);
  const rules: JwtRules = {
    issuer: expected,
    audience: audience === undefined ? audiencesOf(token.claims) : [audience],
    clockToleranceMs: CLOCK_TOLERANCE_MS,
  };
  const notChecked = [
    ...(issuer === undefined ? ['the issuer (give --issuer)'] : []),
    ...(audience === undefined ? ['the audience (give --audience)'] : []),
    'whether its sign-in has ended, which the database alone knows',
  ];
  const error = await refusalOf(token, keys, rules);
  if (error === null)
    return { accepted: true, why: 'signature, form and times are good', notChecked, notes: keys.notes };
  return {
    accepted: false,
    why: await refusalReason(token, keys, rules, error),
    notChecked,
    notes: keys.notes,
  };
}

/** What the verifier of its kind throws; null: it takes the token. */
async function refusalOf(token: ReadJwt, keys: GivenKeys, rules: JwtRules): Promise<AuthError | null> {
  if (token.kind === 'JWT') return new AccessTokenInvalidError();
  const Verifier = token.kind === 'access token' ? AccessTokenVerifier : ServiceTokenVerifier;
  try {
    await new Verifier(new JwtVerifier(keys, rules, new SystemClock()), 0).verify(token.text);
    return null;
  } catch (error) {
    if (error instanceof AuthError) return error;
    throw error;
  }
}

/** The tag of an opaque token says who made it; everything else of it is in the database. */
function ofOpaque(
  token: Exclude<PresentedToken, ReadJwt>,
  secret: string,
  issuer: string | undefined,
): Verdict {
  if (issuer === undefined)
    throw new CannotRun(
      `give --issuer too: the tag of a ${token.kind} is made with the secret for one issuer`,
    );
  const keys = new DerivedKeys([secret], issuer);
  const Codec = token.kind === 'refresh token' ? RefreshTokenCodec : SessionTokenCodec;
  const accepted = new Codec(keys).parse(token.text) !== undefined;
  const id = token.kind === 'refresh token' ? token.familyId : token.sessionId;
  return {
    accepted,
    why: accepted
      ? 'an application with this secret and issuer made it'
      : 'its tag does not fit: it was made with another secret or for another issuer, or was changed',
    notChecked: [`whether it is still good, which the database alone knows (nestjs-aerie family ${id})`],
    notes: [],
  };
}
