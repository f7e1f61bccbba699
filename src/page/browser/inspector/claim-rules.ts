import type { JsonObject, ReadJwt } from './jws.js';

const MAX_SECONDS = 8_640_000_000_000;

type Form = (value: unknown) => boolean;
const isSeconds: Form = (value) => typeof value === 'number' && value >= 0 && value <= MAX_SECONDS;
const isText: Form = (value) => typeof value === 'string' && value !== '';
const isWords: Form = (value) => Array.isArray(value) && value.every((item) => typeof item === 'string');
const isScope: Form = (value) => typeof value === 'string';

/** In the order in which missing ones are named. */
const REQUIRED: Readonly<Record<ReadJwt['kind'], Readonly<Record<string, Form>>>> = {
  'access token': {
    sub: isText,
    sid: isText,
    jti: isText,
    iat: isSeconds,
    exp: isSeconds,
    auth_time: isSeconds,
    amr: isWords,
    roles: isWords,
    scope: isScope,
    sep: isSeconds,
    gep: isSeconds,
  },
  'service token': {
    sub: isText,
    client_id: isText,
    jti: isText,
    iat: isSeconds,
    exp: isSeconds,
    scope: isScope,
    sep: isSeconds,
    gep: isSeconds,
  },
  JWT: {},
};

const OPTIONAL: Readonly<Record<ReadJwt['kind'], Readonly<Record<string, Form>>>> = {
  'access token': { nbf: isSeconds, gen: isSeconds, client_id: isText },
  'service token': { nbf: isSeconds },
  JWT: {},
};

/** Why the verifier refuses the claims of a kind; null: they are complete and of the right form (RFC 9068, section 2.2). */
export function claimsReason({ kind, claims }: ReadJwt): string | null {
  const missing = Object.keys(REQUIRED[kind]).filter((name) => !Object.hasOwn(claims, name));
  if (missing.length > 0) return `it has no ${missing.join(', ')}`;
  const isWrong =
    Object.entries(REQUIRED[kind]).some(([name, isRight]) => !isRight(claims[name])) ||
    Object.entries(OPTIONAL[kind]).some(
      ([name, isRight]) => claims[name] !== undefined && !isRight(claims[name]),
    ) ||
    (kind === 'service token' && claims['sub'] !== `client:${String(claims['client_id'])}`) ||
    hasWrongClient(kind, claims);
  return isWrong ? 'one of its claims has the wrong form' : null;
}

/** The epoch of a client is read only where the token names a client. */
function hasWrongClient(kind: ReadJwt['kind'], { client_id: id, cep }: JsonObject): boolean {
  return kind === 'access token' && id !== undefined && cep !== undefined && !isSeconds(cep);
}

/** Whether the time of a token is over, or has not come yet. Its claims are of the right form. */
export function isOutOfTime({ iat, nbf, exp }: JsonObject, now: number, toleranceMs: number): boolean {
  const from = Math.max(Number(iat), nbf === undefined ? 0 : Number(nbf)) * 1000;
  return now >= Number(exp) * 1000 + toleranceMs || now < from - toleranceMs;
}
