import { createPublicKey, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ServiceClients, serviceIssuer } from 'nestjs-aerie/service-tokens';
import { goodClaims } from '../access-tokens/forge.js';
import { startResourceApp } from '../resource-server/resource-app.js';
import { es256Key } from '../resource-server/es256.js';
import { StandIn } from '../resource-server/stand-in.js';
import { askWithAssertion } from '../support/assertions.js';
import { LogTrap } from '../support/log-trap.js';
import { BELOW_THE_EDGE, ISSUER, startTestApp } from '../support/test-app.js';
import { ServiceClient } from '../support/service-tables.js';

/** What y may be of the points of order 1, 2, 4 and 8: canonical, and (the last two) those that are to be reduced. */
const Y = [
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '00'.repeat(32),
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
].map((hex) => Buffer.from(hex, 'hex'));

/** Every encoding of the eight points: with either sign of x. */
const POINTS = Y.flatMap((y) => {
  const negative = Buffer.from(y);
  negative[31]! |= 0x80;
  return [y, negative];
}).map((bytes) => ({ hex: bytes.toString('hex'), x: bytes.toString('base64url') }));
const jwkOf = (x: string) => ({ kty: 'OKP', crv: 'Ed25519', x, kid: 'k2', alg: 'EdDSA' });
const spkiOf = (hex: string) =>
  `-----BEGIN PUBLIC KEY-----\n${Buffer.from(`302a300506032b6570032100${hex}`, 'hex').toString('base64')}\n-----END PUBLIC KEY-----`;

/**
 * R is the neutral point, S is 0: under the neutral point for a key, that is a signature of anything, as far as the OpenSSL of
 * Node.js 20 is concerned.
 */
const ANYTHING = Buffer.from(`01${'00'.repeat(63)}`, 'hex');
function madeByAnybody(claims: object, header: object = {}): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const times = { iat: now, exp: now + 60, jti: randomUUID() };
  const input = `${part({ alg: 'EdDSA', kid: 'k2', typ: 'at+jwt', ...header })}.${part({ ...times, ...claims })}`;
  return `${input}.${ANYTHING.toString('base64url')}`;
}

describe('Ed25519 keys of small order', () => {
  it.each(POINTS)('are refused where they are given: $hex', async ({ x, hex }) => {
    for (const publicKey of [jwkOf(x), spkiOf(hex), createPublicKey({ key: jwkOf(x), format: 'jwk' })]) {
      const keys = [
        es256Key('k1').option,
        { alg: 'EdDSA' as const, kid: 'k2', state: 'retired' as const, publicKey },
      ];
      await expect(startTestApp({ options: { keys } })).rejects.toThrow(
        /^"keys\[1\]" must be an Ed25519 key that is no point of small order/,
      );
    }
  });

  it.each(POINTS)('are refused in the key set of a resource server: $hex', async ({ x }) => {
    const options = { jwks: { keys: [es256Key('k1').jwk, jwkOf(x)] } };
    await expect(startResourceApp({ options })).rejects.toThrow(/^"jwks\.keys\[1\]" must be an Ed25519 key/);
  });

  it('are left out of what an issuer publishes', async () => {
    const good = es256Key('k1');
    const claims = goodClaims({ id: 'sign-in', sub: 'user-1', sep: 0 }, { roles: ['admin'] });
    for (const { x } of POINTS) {
      const issuer = await StandIn.start(() => ({ keys: [good.jwk, jwkOf(x)] }));
      const log = new LogTrap();
      const service = await startResourceApp({ options: { jwksUri: `${issuer.url}/jwks` }, log });
      const forged = madeByAnybody(claims);
      expect(await service.get('/orders', forged)).toMatchObject({
        status: 401,
        code: 'AUTH_ACCESS_TOKEN_INVALID',
      });
      expect((await service.get('/orders', good.token())).status).toBe(200);
      expect(log.lines.join('\n')).toContain('no point of small order');
      await service.close();
      await issuer.stop();
    }
  });

  describe.each(BELOW_THE_EDGE)('of a client, on %s', (adapter) => {
    it('are refused at registration, and those that are there already verify nothing', async () => {
      const app = await startTestApp({ adapter, options: { features: [serviceIssuer()] } });
      const clients = app.app.get(ServiceClients);
      const common = { scopes: ['a'], audiences: [ISSUER] };
      for (const { x } of POINTS)
        await expect(clients.register({ id: 'bad', ...common, jwks: { keys: [jwkOf(x)] } })).rejects.toThrow(
          'no point of small order',
        );
      const { jwk } = es256Key('k1');
      await clients.register({ id: 'keyed', ...common, jwks: { keys: [jwk] } });
      await expect(clients.update('keyed', { jwks: { keys: [jwkOf(POINTS[0]!.x)] } })).rejects.toThrow();
      const jwks = JSON.stringify([jwk, jwkOf(POINTS[0]!.x)]);
      await app.source.getRepository(ServiceClient).update('keyed', { jwks });
      const claims = { iss: 'keyed', sub: 'keyed', aud: ISSUER };
      const { status, body } = await askWithAssertion(app, madeByAnybody(claims, { typ: 'JWT' }));
      expect([status, body.code]).toEqual([401, 'AUTH_CLIENT_INVALID']);
      await app.close();
    });
  });
});
