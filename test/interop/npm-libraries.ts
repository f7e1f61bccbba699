import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto';
import { createDecoder, createSigner, createVerifier } from 'fast-jwt';
import { createRemoteJWKSet, jwtVerify, SignJWT } from 'jose';
import jsonwebtoken, { type Algorithm } from 'jsonwebtoken';
import {
  INTEROP_ALGORITHMS,
  type JwtLibrary,
  type Outcome,
  type SignJob,
  type VerifyJob,
} from './jwt-library.js';

/** Answers jobs in this process; what a library throws is its refusal. */
const inProcess =
  (
    verify: (job: VerifyJob) => Promise<Outcome>,
    sign: (job: SignJob) => Promise<string>,
  ): JwtLibrary['answer'] =>
  (jobs) =>
    Promise.all(
      jobs.map(async (job) => {
        try {
          return job.do === 'verify' ? await verify(job) : { token: await sign(job) };
        } catch (error) {
          return { refused: (error as Error).message };
        }
      }),
    );

/** Neither of the two fetches keys by itself: the published one of this `kid`, as PEM. */
async function publishedKey(jwksUrl: string, kid: string | undefined): Promise<string> {
  const { keys } = (await (await fetch(jwksUrl)).json()) as { keys: (JsonWebKey & { kid: string })[] };
  const key = keys.find((one) => one.kid === kid);
  if (!key) throw new Error('no key of this kid is published');
  return createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
}

export const JSONWEBTOKEN: JwtLibrary = {
  name: 'jsonwebtoken',
  lacks: ['EdDSA'],
  makesNone: ['ES256 alg: a sibling'],
  answer: inProcess(
    async ({ token, alg, issuer, audience, jwksUrl, secret }) => {
      const kid = jsonwebtoken.decode(token, { complete: true })?.header.kid;
      const { header, payload } = jsonwebtoken.verify(token, secret ?? (await publishedKey(jwksUrl, kid)), {
        algorithms: [alg as Algorithm],
        issuer,
        audience,
        complete: true,
      });
      return { header: { ...header }, claims: payload as jsonwebtoken.JwtPayload };
    },
    async ({ alg, header, claims, key }) =>
      // What is undefined is left out; without `typ` it would write "JWT".
      jsonwebtoken.sign(JSON.parse(JSON.stringify(claims)) as object, key, {
        algorithm: alg as Algorithm,
        header: { typ: undefined, ...header, alg: alg as Algorithm },
        noTimestamp: claims['iat'] === undefined,
      }),
  ),
};

export const FAST_JWT: JwtLibrary = {
  name: 'fast-jwt',
  lacks: [],
  makesNone: ['EdDSA alg: a sibling'],
  answer: inProcess(
    async ({ token, alg, issuer, audience, jwksUrl, secret }) => {
      const { header } = createDecoder({ complete: true })(token) as { header: { kid?: string } };
      const verify = createVerifier({
        key: secret ?? (await publishedKey(jwksUrl, header.kid)),
        algorithms: [alg as 'RS256'],
        allowedIss: issuer,
        allowedAud: audience,
        requiredClaims: ['iss', 'aud', 'exp'],
        complete: true,
      });
      const { header: read, payload } = verify(token) as { header: object; payload: object };
      return { header: { ...read }, claims: { ...payload } };
    },
    async ({ alg, header, claims, key }) =>
      createSigner({
        algorithm: alg as 'RS256',
        ...(key !== '' && { key }),
        header: { typ: undefined, ...header } as never,
        noTimestamp: claims['iat'] === undefined,
      })(claims),
  ),
};

export const JOSE: JwtLibrary = {
  name: 'jose',
  lacks: [],
  makesNone: ['ES256 alg: a sibling', ...INTEROP_ALGORITHMS.map((alg) => `${alg} alg: none`)],
  answer: inProcess(
    async ({ token, alg, issuer, audience, jwksUrl, secret }) => {
      const rules = { algorithms: [alg], issuer, audience, typ: 'at+jwt', requiredClaims: ['exp'] };
      const { protectedHeader, payload } = secret
        ? await jwtVerify(token, Buffer.from(secret), rules)
        : await jwtVerify(token, createRemoteJWKSet(new URL(jwksUrl)), rules);
      return { header: { ...protectedHeader }, claims: payload };
    },
    async ({ alg, header, claims, key }) =>
      new SignJWT(claims)
        .setProtectedHeader({ ...header, alg })
        .sign(key.includes('PRIVATE KEY') ? createPrivateKey(key) : Buffer.from(key)),
  ),
};
