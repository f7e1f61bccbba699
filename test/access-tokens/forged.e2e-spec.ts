import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { claimsOf, signIn } from '../support/sign-ins.js';
import { StatementLog } from '../support/statement-log.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import {
  DERIVED_KEY,
  DERIVED_KID,
  GOOD_HEADER,
  goodClaims,
  type Members,
  segment,
  signHmac,
} from './forge.js';

describe.each(BELOW_THE_EDGE)('an access token that we did not issue, on %s', (adapter) => {
  const log = new StatementLog();
  let app: TestApp;
  let genuine: string;
  let who: { id: string; sub: string; sep: number };
  let trap: Server;
  let trapUrl: string;
  let trapped = 0;
  beforeAll(async () => {
    app = await startTestApp({ adapter, connection: log.connection() });
    await app.users.add('ada');
    const { body, id } = await signIn(app, 'tokens');
    genuine = body.access_token;
    who = { id, sub: 'user-1', sep: claimsOf(genuine)['sep'] };
    trap = createServer((_request, response) => {
      trapped++;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ keys: [{ kty: 'oct', k: DERIVED_KEY.toString('base64url') }] }));
    });
    await new Promise<void>((listening) => trap.listen(0, '127.0.0.1', listening));
    trapUrl = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/jwks.json`;
  });
  afterAll(async () => {
    await app.close();
    await new Promise((closed) => trap.close(closed));
  });

  /** Refused, twice alike, without a question to the database. */
  async function expectInvalid(token: string): Promise<void> {
    for (const _again of [1, 2]) {
      let seen: unknown;
      const sent = await log.count(async () => {
        const { status, body, headers } = await app.client().get('/auth/me', { bearer: token });
        seen = [status, body.code, headers.get('www-authenticate'), headers.get('cache-control')];
      });
      expect({ token, seen, sent }).toEqual({
        token,
        seen: [401, 'AUTH_ACCESS_TOKEN_INVALID', 'Bearer error="invalid_token"', 'no-store'],
        sent: 0,
      });
    }
  }
  const withHeader = (change: Members) => signHmac({ ...GOOD_HEADER, ...change }, goodClaims(who));

  it('is told apart from one that we would issue: the forger of these tests can make that', async () => {
    const token = signHmac(GOOD_HEADER, goodClaims(who));
    expect((await app.client().get('/auth/me', { bearer: token })).status).toBe(200);
    expect((await app.client().get('/auth/me', { bearer: genuine })).status).toBe(200);
  });

  it.each(['none', 'None', 'NONE', 'nOnE', ' none', 'none ', 'none\0', ''])('of alg "%s"', async (alg) => {
    const kept = genuine.split('.')[2]!;
    for (const header of [{ ...GOOD_HEADER, alg }, { alg, typ: 'at+jwt' }, { alg }]) {
      const input = `${segment(header)}.${segment(goodClaims(who))}`;
      for (const token of [
        `${input}.`,
        input,
        `${input}.${kept}`,
        `${input}..`,
        signHmac(header, goodClaims(who), ''),
      ])
        await expectInvalid(token);
    }
  });

  it.each<[string, unknown]>([
    ['HS384', 'HS384'],
    ['HS512', 'HS512'],
    ['ES256', 'ES256'],
    ['RS256', 'RS256'],
    ['in other case', 'hs256'],
    ['a list', ['HS256']],
    ['an object', { alg: 'HS256' }],
    ['a number', 256],
    ['null', null],
    ['a name of Object.prototype', 'constructor'],
  ])('whose alg is another than its key has: %s', async (_name, alg) => {
    await expectInvalid(withHeader({ alg }));
    await expectInvalid(signHmac({ ...GOOD_HEADER, alg }, goodClaims(who), DERIVED_KEY, 'sha512'));
  });

  it.each<[string, unknown]>([
    ['none', undefined],
    ['unknown', 'other'],
    ['empty', ''],
    ['a path', '../../../../dev/null'],
    ['SQL', "x' UNION SELECT 'aaa"],
    ['a URL', 'http://127.0.0.1/'],
    ['__proto__', '__proto__'],
    ['constructor', 'constructor'],
    ['toString', 'toString'],
    ['an object', { toString: DERIVED_KID }],
    ['a list', [DERIVED_KID]],
    ['a number', 0],
    ['null', null],
    ['in other case', DERIVED_KID.toUpperCase()],
    ['padded', `${DERIVED_KID} `],
    ['ending in NUL', `${DERIVED_KID}\0`],
  ])('whose kid is %s', async (_name, kid) => {
    const header = { ...GOOD_HEADER, kid };
    await expectInvalid(signHmac(header, goodClaims(who)));
    await expectInvalid(signHmac(header, goodClaims(who), ''));
    await expectInvalid(signHmac(header, goodClaims(who), Buffer.alloc(32)));
  });

  it.each<[string, unknown]>([
    ['JWT', 'JWT'],
    ['none', undefined],
    ['of another purpose', 'rt+jwt'],
    ['of another media type', 'text/at+jwt'],
    ['with two prefixes', 'application/application/at+jwt'],
    ['with a space', 'at+jwt '],
    ['a list', ['at+jwt']],
    ['null', null],
  ])('whose typ is %s', (_name, typ) => expectInvalid(withHeader({ typ })));

  it.each(['AT+JWT', 'application/at+jwt', 'APPLICATION/at+JWT'])(
    'but one whose typ is written %s is genuine (RFC 9068, section 4)',
    async (typ) => {
      const { status } = await app.client().get('/auth/me', { bearer: withHeader({ typ }) });
      expect(status).toBe(200);
    },
  );

  it('that brings its own key, or says where to fetch it', async () => {
    const jwk = { kty: 'oct', k: Buffer.alloc(32, 1).toString('base64url'), alg: 'HS256' };
    const own = Buffer.alloc(32, 1);
    for (const change of [
      { jwk },
      { jku: trapUrl },
      { x5u: trapUrl },
      { x5c: ['MIIB'] },
      { jwk, kid: 'mine' },
      { jku: trapUrl, kid: 'mine' },
      { jku: trapUrl, jwk, x5u: trapUrl },
    ]) {
      await expectInvalid(withHeader(change));
      await expectInvalid(signHmac({ ...GOOD_HEADER, ...change }, goodClaims(who), own));
    }
    await expectInvalid(signHmac(GOOD_HEADER, goodClaims(who, { iss: trapUrl.replace('/jwks.json', '') })));
    expect(trapped).toBe(0);
  });

  it.each<[string, Members]>([
    ['crit of a known name', { crit: ['exp'], exp: 1 }],
    ['crit of an unknown name', { crit: ['x'], x: 1 }],
    ['an empty crit', { crit: [] }],
    ['crit as a text', { crit: 'b64' }],
    ['crit null', { crit: null }],
    ['b64 false', { b64: false, crit: ['b64'] }],
    ['b64 false without crit', { b64: false }],
    ['b64 true', { b64: true }],
    ['zip', { zip: 'DEF' }],
  ])('whose header has %s', (_name, change) => expectInvalid(withHeader(change)));

  it('that is an unencoded payload, a JWE, or one inside another', async () => {
    const [header, payload, signature] = genuine.split('.') as [string, string, string];
    await expectInvalid(`${segment({ ...GOOD_HEADER, b64: false, crit: ['b64'] })}..${signature}`);
    await expectInvalid(`${header}..${signature}`);
    await expectInvalid(
      `${segment({ alg: 'dir', enc: 'A256GCM', kid: DERIVED_KID, typ: 'at+jwt' })}..AAAA.AAAA.AAAA`,
    );
    const unsigned = `${segment({ alg: 'none' })}.${payload}.`;
    await expectInvalid(signHmac({ ...GOOD_HEADER, cty: 'JWT' }, unsigned));
    await expectInvalid(signHmac(GOOD_HEADER, genuine));
    await expectInvalid(signHmac(GOOD_HEADER, segment(goodClaims(who))));
  });

  it('signed with what somebody may know: nothing, the kid, the issuer, the text of the secret', async () => {
    const { SECRET, ISSUER } = await import('../support/test-app.js');
    for (const key of [
      '',
      ' ',
      '\0',
      DERIVED_KID,
      ISSUER,
      SECRET,
      'secret',
      'undefined',
      'null',
      DERIVED_KEY.toString('hex'),
    ])
      await expectInvalid(signHmac(GOOD_HEADER, goodClaims(who), key));
  });

  it('expired and forged: it is invalid, never "expired"', async () => {
    const past = { iat: 1_000_000_000, exp: 1_000_000_900 };
    const expired = signHmac(GOOD_HEADER, goodClaims(who, past));
    const { status, body } = await app.client().get('/auth/me', { bearer: expired });
    expect([status, body.code]).toEqual([401, 'AUTH_ACCESS_TOKEN_EXPIRED']);
    await expectInvalid(signHmac(GOOD_HEADER, goodClaims(who, past), 'x'.repeat(32)));
    await expectInvalid(signHmac(GOOD_HEADER, goodClaims(who, { ...past, iss: 'https://evil.example' })));
    await expectInvalid(expired.slice(0, -4) + 'AAAA');
  });

  it('with any bit of a genuine one flipped', async () => {
    const parts = genuine.split('.');
    const tokens: string[] = [];
    for (const [index, part] of parts.entries()) {
      const bytes = Buffer.from(part, 'base64url');
      for (let at = 0; at < bytes.length; at += index === 2 ? 1 : 5) {
        const flipped = Buffer.from(bytes);
        flipped[at]! ^= 1 << (at % 8);
        tokens.push(parts.with(index, flipped.toString('base64url')).join('.'));
      }
    }
    const sent = await log.count(async () => {
      const answers = await Promise.all(tokens.map((bearer) => app.client().get('/auth/me', { bearer })));
      expect(new Set(answers.map(({ body }) => body.code))).toEqual(new Set(['AUTH_ACCESS_TOKEN_INVALID']));
    });
    expect(sent).toBe(0);
    expect((await app.client().get('/auth/me', { bearer: genuine })).status).toBe(200);
  });

  it('with a part of another genuine one', async () => {
    const other = (await signIn(app, 'tokens')).body.access_token.split('.');
    const parts = genuine.split('.');
    await expectInvalid(parts.with(1, other[1]).join('.'));
    await expectInvalid(parts.with(2, other[2]).join('.'));
  });
});
