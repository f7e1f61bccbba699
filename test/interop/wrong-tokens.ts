import { randomUUID } from 'node:crypto';
import type { Members } from '../access-tokens/forge.js';
import type { Issuer } from './issuer.js';
import { INTEROP_ALGORITHMS, type InteropAlgorithm, type SignJob } from './jwt-library.js';

/** Another algorithm that a key of the same kind could be used with, more or less. */
const SIBLING: Readonly<Record<InteropAlgorithm, string>> = {
  HS256: 'HS512',
  RS256: 'PS256',
  PS256: 'RS256',
  ES256: 'ES384',
  // The name that RFC 9864 gives to the same algorithm: ours is the one of RFC 8037, and no other.
  EdDSA: 'Ed25519',
};

/** The one thing that is wrong with a token. */
export interface Fault {
  readonly name: string;
  readonly code: 'AUTH_ACCESS_TOKEN_INVALID' | 'AUTH_ACCESS_TOKEN_EXPIRED';
  /** For the algorithms where it can be wrong. */
  readonly algorithms: readonly InteropAlgorithm[];
  readonly spoil: (good: SignJob, issuer: Issuer, now: number) => SignJob;
}

const claims =
  (change: (now: number, good: Members) => Members): Fault['spoil'] =>
  (good, _issuer, now) => ({ ...good, claims: { ...good.claims, ...change(now, good.claims) } });

const fault = (
  name: string,
  spoil: Fault['spoil'],
  { code = 'AUTH_ACCESS_TOKEN_INVALID', algorithms = INTEROP_ALGORITHMS }: Partial<Fault> = {},
): Fault => ({ name, code, algorithms, spoil });

const HOUR = 3600;

/** Each setting of a token wrong, one at a time. */
export const FAULTS: readonly Fault[] = [
  fault(
    'iss: another',
    claims(() => ({ iss: 'https://other.example.com' })),
  ),
  fault(
    'iss: absent',
    claims(() => ({ iss: undefined })),
  ),
  fault(
    'aud: another',
    claims(() => ({ aud: 'https://other.example.com' })),
  ),
  fault(
    'aud: absent',
    claims(() => ({ aud: undefined })),
  ),
  fault('typ: absent', ({ header: { typ: _typ, ...header }, ...good }) => ({ ...good, header })),
  fault('typ: JWT', (good) => ({ ...good, header: { ...good.header, typ: 'JWT' } })),
  fault('alg: a sibling', (good, { alg }) => ({ ...good, alg: SIBLING[alg] })),
  fault('alg: none', (good) => ({ ...good, alg: 'none', key: '' })),
  fault(
    'alg: HS256 under the public key',
    (good, { publicKey }) => ({ ...good, alg: 'HS256', key: publicKey! }),
    { algorithms: INTEROP_ALGORITHMS.filter((alg) => alg !== 'HS256') },
  ),
  fault('key: of somebody else', (good, { foreignKey }) => ({ ...good, key: foreignKey })),
  fault('kid: absent', ({ header: { kid: _kid, ...header }, ...good }) => ({ ...good, header })),
  fault('kid: unknown', (good) => ({ ...good, header: { ...good.header, kid: 'another' } })),
  fault(
    'exp: passed',
    claims((now) => ({ iat: now - 2 * HOUR, exp: now - HOUR })),
    {
      code: 'AUTH_ACCESS_TOKEN_EXPIRED',
    },
  ),
  fault(
    'nbf: in the future',
    claims((now) => ({ nbf: now + HOUR, exp: now + 2 * HOUR })),
    { code: 'AUTH_ACCESS_TOKEN_EXPIRED' },
  ),
  fault(
    'iat: in the future',
    claims((now) => ({ iat: now + HOUR, exp: now + 2 * HOUR })),
    { code: 'AUTH_ACCESS_TOKEN_EXPIRED' },
  ),
  ...['iat', 'exp', 'sub', 'sid', 'jti', 'sep'].map((name) =>
    fault(
      `${name}: absent`,
      claims(() => ({ [name]: undefined })),
    ),
  ),
  fault(
    'sep: a text',
    claims((_now, { sep }) => ({ sep: String(sep) })),
  ),
];

/** What another library must sign, so that our guard believes it. */
export function goodJob({ alg, kid, key, claims: ours }: Issuer, now: number): SignJob {
  return {
    do: 'sign',
    alg,
    header: { kid, typ: 'at+jwt' },
    key,
    claims: { ...ours, iat: now, exp: now + 300, jti: randomUUID() },
  };
}
