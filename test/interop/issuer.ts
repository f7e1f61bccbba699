import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { CurrentUser, JwtAuthGuard, type KeyOption, type Principal } from 'nestjs-aerie';
import { claimsOf, signIn } from '../support/sign-ins.js';
import { type Adapter, startTestApp, type TestApp } from '../support/test-app.js';
import type { InteropAlgorithm } from './jwt-library.js';

const SHARED_SECRET = 'an HMAC secret that the issuer and another service hold: sixty-four bytes';

type Pair = { privateKey: KeyObject; publicKey: KeyObject };
const rsa = (): Pair => generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (key: KeyObject) =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();
/** Texts of a pair, and the private key of another. */
const material = (one: Pair, other: Pair) => ({
  key: pem(one.privateKey),
  foreignKey: pem(other.privateKey),
  publicKey: pem(one.publicKey),
});
const ec = (): Pair => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = (): Pair => generateKeyPairSync('ed25519');
const rsaKeys = material(rsa(), rsa());
const MATERIAL = {
  HS256: { key: SHARED_SECRET, foreignKey: SHARED_SECRET.toUpperCase(), publicKey: null },
  RS256: rsaKeys,
  PS256: rsaKeys,
  ES256: material(ec(), ec()),
  EdDSA: material(ed(), ed()),
} as const;

@Controller()
class GuardedController {
  @UseGuards(JwtAuthGuard)
  @Get('guarded')
  guarded(@CurrentUser() user: Principal) {
    return user;
  }
}

/** An application that signs with one algorithm, and a token that it gave at a sign-in. */
export interface Issuer {
  readonly app: TestApp;
  readonly alg: InteropAlgorithm;
  readonly kid: string;
  readonly jwksUrl: string;
  /** The private key as PEM, or the secret of HS256. */
  readonly key: string;
  /** Another key of the same kind, that the application does not have. */
  readonly foreignKey: string;
  /** The public half as PEM; null for HS256. */
  readonly publicKey: string | null;
  readonly token: string;
  readonly claims: Record<string, any>;
}

/** Starts an application that signs with a key of the test, and signs a user in over HTTP. */
export async function startIssuer(adapter: Adapter, alg: InteropAlgorithm): Promise<Issuer> {
  const kid = `interop-${alg}`;
  const { key } = MATERIAL[alg];
  const option: KeyOption = { alg, kid, ...(alg === 'HS256' ? { secret: key } : { privateKey: key }) };
  const app = await startTestApp({
    adapter,
    options: { keys: [option], accessTokens: { claims: () => ({ plan: 'pro', name: 'Ada Łovelace' }) } },
    controllers: [GuardedController],
  });
  await app.users.add('ada');
  const { body } = await signIn(app, 'tokens');
  const token: string = body.access_token;
  const jwksUrl = `${app.url}/.well-known/jwks.json`;
  return { app, alg, kid, jwksUrl, ...MATERIAL[alg], token, claims: claimsOf(token) };
}
