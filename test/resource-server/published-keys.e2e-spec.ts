// Keys that an issuer publishes: how often it is asked, and what becomes of requests when it answers badly or not at all.
import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import {
  AccessTokenVerifier,
  type ResourceServerOptions,
  StoreUnavailableError,
  VerificationKeys,
} from 'nestjs-aerie/resource-server';
import { LogTrap } from '../support/log-trap.js';
import { es256Key } from './es256.js';
import { type ResourceApp, startResourceApp } from './resource-app.js';
import { StandIn } from './stand-in.js';

const key = es256Key('k1');
const next = es256Key('k2');
const INVALID = { status: 401, code: 'AUTH_ACCESS_TOKEN_INVALID' };
const UNAVAILABLE = { status: 503, code: 'AUTH_STORE_UNAVAILABLE' };
const GOOD = { status: 200 };

/** An issuer that publishes what `answer` says, and a service that asks it. */
async function started(
  answer: StandIn['answer'],
  keys: ResourceServerOptions['keys'] = {},
): Promise<{ issuer: StandIn; service: ResourceApp }> {
  const issuer = await StandIn.start(answer);
  const service = await startResourceApp({ options: { jwksUri: `${issuer.url}/keys.json`, keys } });
  return { issuer, service };
}

describe('keys that an issuer publishes', () => {
  it('are asked for once when the service starts', async () => {
    const { issuer, service } = await started(() => ({ keys: [key.jwk, next.jwk] }));
    for (const token of [key.token(), next.token(), key.token()])
      expect(await service.get('/orders', token)).toMatchObject(GOOD);
    expect(issuer.received.map(({ path }) => path)).toEqual(['/keys.json']);
  });

  it('are asked for again for an unknown one, at most once in a cool-down: 10,000 tokens', async () => {
    const { issuer, service } = await started(() => ({ keys: [key.jwk] }));
    const verifier = service.app.get(AccessTokenVerifier);
    const refused = async (count: number): Promise<void> => {
      // Made before any of them is shown: the issuer's answer must not wait for thousands of signatures.
      const tokens = Array.from({ length: count }, (_, i) => key.token({}, { kid: `unknown-${i}` }));
      const outcomes = await Promise.all(tokens.map((token) => verifier.verify(token).catch(String)));
      expect(new Set(outcomes)).toEqual(new Set(['AccessTokenInvalidError: The access token is not valid.']));
    };
    await refused(5_000);
    expect(issuer.received).toHaveLength(1);
    service.clock.pass(30_000);
    await refused(5_000);
    await refused(100);
    expect(issuer.received).toHaveLength(2);
    expect(await service.get('/orders', key.token())).toMatchObject(GOOD);
  });

  it('keep their cool-down while the issuer fails, and an unknown one is then not called invalid', async () => {
    const { issuer, service } = await started(() => ({ keys: [key.jwk] }));
    issuer.answer = (_, response) => void response.writeHead(500).end();
    service.clock.pass(30_000);
    const verifier = service.app.get(AccessTokenVerifier);
    const outcomes = await Promise.all(
      Array.from({ length: 1_000 }, () => verifier.verify(next.token()).catch((error: unknown) => error)),
    );
    expect(outcomes.every((outcome) => outcome instanceof StoreUnavailableError)).toBe(true);
    expect(issuer.received).toHaveLength(2);
    expect(await service.get('/orders', next.token())).toMatchObject(UNAVAILABLE);
    expect(issuer.received).toHaveLength(2);
    // What is known goes on.
    expect(await service.get('/orders', key.token())).toMatchObject(GOOD);
    issuer.answer = () => ({ keys: [key.jwk, next.jwk] });
    service.clock.pass(30_000);
    expect(await service.get('/orders', next.token())).toMatchObject(GOOD);
    expect(issuer.received).toHaveLength(3);
  });

  it('go on without a limit while the issuer is away, and are asked for again by then', async () => {
    const { issuer, service } = await started(() => ({ keys: [key.jwk] }));
    await issuer.stop();
    for (let hours = 0; hours < 3; hours++) {
      service.clock.pass(3_600_000);
      const iat = Math.floor(service.clock.now() / 1000);
      const token = key.token({ iat, exp: iat + 300 });
      expect(await service.get('/orders', token)).toMatchObject(GOOD);
    }
  });

  it('that were dropped verify no more, not even a token that is cached', async () => {
    const { issuer, service } = await started(() => ({ keys: [key.jwk, next.jwk] }));
    const iat = Math.floor(Date.now() / 1000);
    const [mine, other] = [key, next].map((one) => one.token({ iat, exp: iat + 3_600 }));
    expect(await service.get('/orders', mine)).toMatchObject(GOOD);
    issuer.answer = () => ({ keys: [next.jwk] });
    service.clock.pass(600_000);
    // In the background: this one does not wait.
    expect(await service.get('/orders', other)).toMatchObject(GOOD);
    for (let tries = 0; tries < 100 && (await service.get('/orders', mine)).status === 200; tries++);
    expect(await service.get('/orders', mine)).toMatchObject(INVALID);
    expect(await service.get('/orders', other)).toMatchObject(GOOD);
    expect(issuer.received).toHaveLength(2);
  });

  it('of the same name and another value verify nothing that the former ones did', async () => {
    const { issuer, service } = await started(() => ({ keys: [key.jwk] }));
    const token = key.token();
    expect(await service.get('/orders', token)).toMatchObject(GOOD);
    issuer.answer = () => ({ keys: [{ ...next.jwk, kid: 'k1' }] });
    service.clock.pass(30_000);
    expect(await service.get('/orders', next.token())).toMatchObject(INVALID);
    expect(await service.get('/orders', token)).toMatchObject(INVALID);
  });

  const base64url = (hex: string) => Buffer.from(hex, 'hex').toString('base64url');
  const rsa = (modulusLength: number, publicExponent = 65_537) =>
    generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey.export({ format: 'jwk' });
  it.each<[string, Record<string, unknown>]>([
    ['without kid', { ...next.jwk, kid: undefined }],
    ['with an empty kid', { ...next.jwk, kid: '' }],
    ['without alg', { ...next.jwk, alg: undefined }],
    ['of a secret', { kty: 'oct', k: 'A'.repeat(43), kid: 'k2', alg: 'HS256' }],
    ['with its private part', { ...next.privateKey.export({ format: 'jwk' }), kid: 'k2', alg: 'ES256' }],
    ['for encryption', { ...next.jwk, use: 'enc' }],
    ['for signing alone', { ...next.jwk, key_ops: ['sign'] }],
    ['of another algorithm than its type', { ...next.jwk, alg: 'EdDSA' }],
    ['off its curve', { ...next.jwk, x: key.jwk['x'] }],
    ['of RSA with 1024 bits', { ...rsa(1024), kid: 'k2', alg: 'RS256' }],
    ['of RSA with exponent 3', { ...rsa(2048, 3), kid: 'k2', alg: 'PS256' }],
    // Each verification would take milliseconds.
    [
      'of RSA with 8193 bits',
      { ...rsa(2048), n: base64url(`01${'ff'.repeat(1_024)}`), kid: 'k2', alg: 'RS256' },
    ],
    [
      'of RSA with an exponent of 65 bits',
      { ...rsa(2048), e: base64url(`01${'00'.repeat(7)}01`), kid: 'k2', alg: 'RS256' },
    ],
  ])('are left out, and the others go on: one %s', async (_, jwk) => {
    const { service } = await started(() => ({ keys: [jwk, null, key.jwk] }));
    expect(await service.get('/orders', key.token())).toMatchObject(GOOD);
    expect(await service.app.get(VerificationKeys).find('k2')).toBeUndefined();
    expect(await service.get('/orders', next.token())).toMatchObject(INVALID);
  });

  it('of one kid are left out, both: it cannot be told which one a token means', async () => {
    const { service } = await started(() => ({ keys: [{ ...key.jwk, kid: 'k2' }, next.jwk] }));
    expect(await service.get('/orders', next.token())).toMatchObject(INVALID);
  });

  it.each<[string, StandIn['answer']]>([
    ['an error', (_, response) => void response.writeHead(500).end()],
    ['no JSON', (_, response) => void response.end('<html>')],
    ['no set', () => [key.jwk]],
    ['no list', () => ({ keys: { k1: key.jwk } })],
    [
      'a redirect to the right ones',
      ({ path }, response) => {
        if (path !== '/keys.json') return { keys: [key.jwk] };
        return void response.writeHead(302, { location: '/elsewhere.json' }).end();
      },
    ],
    ['10 MB', () => ({ keys: [key.jwk], padding: 'x'.repeat(10_000_000) })],
    ['nothing at all', () => undefined],
    [
      'a byte at a time',
      (_, response) => {
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ])('that are answered with %s are not there, which is said with 503', async (_, answer) => {
    const { issuer, service } = await started(answer, { timeout: '1s' });
    expect(await service.get('/orders', key.token())).toMatchObject(UNAVAILABLE);
    expect(issuer.received).toHaveLength(1);
    issuer.answer = () => ({ keys: [key.jwk] });
    service.clock.pass(30_000);
    expect(await service.get('/orders', key.token())).toMatchObject(GOOD);
  });

  it('of an algorithm that is not among the options verify nothing', async () => {
    const issuer = await StandIn.start(() => ({ keys: [key.jwk] }));
    const log = new LogTrap();
    const jwksUri = `${issuer.url}/keys.json`;
    const service = await startResourceApp({ log, options: { jwksUri, algorithms: ['EdDSA', 'RS256'] } });
    expect(await service.get('/orders', key.token())).toMatchObject(INVALID);
    service.clock.pass(600_000);
    expect(await service.get('/orders', key.token())).toMatchObject(INVALID);
    expect(issuer.received).toHaveLength(2);
    const told = log.lines.filter((line) =>
      /left out: "keys\[0\]\.alg" must be one of EdDSA, RS256/.test(line),
    );
    expect(told).toHaveLength(1);
  });

  it('are not asked for where they were given', async () => {
    const service = await startResourceApp({ options: { jwks: { keys: [key.jwk] } } });
    expect(await service.get('/orders', key.token())).toMatchObject(GOOD);
    expect(await service.get('/orders', next.token())).toMatchObject(INVALID);
  });
});
