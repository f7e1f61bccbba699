import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cpuMs } from '../support/cpu-time.js';
import { claimsOf, signIn } from '../support/sign-ins.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { GOOD_HEADER, goodClaims, segment, signHmac } from './forge.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

describe.each(ADAPTERS)('an access token that is malformed, on %s', (adapter) => {
  let app: TestApp;
  let genuine: string;
  let who: { id: string; sub: string; sep: number };
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada');
    const { body, id } = await signIn(app, 'tokens');
    genuine = body.access_token;
    who = { id, sub: 'user-1', sep: claimsOf(genuine)['sep'] };
  });
  afterAll(() => app.close());

  async function expectInvalid(token: string): Promise<void> {
    const { status, body } = await app.client().get('/auth/me', { bearer: token });
    expect({ token, status, code: body?.code }).toEqual({
      token,
      status: 401,
      code: 'AUTH_ACCESS_TOKEN_INVALID',
    });
  }

  it('in its number of parts', async () => {
    const [header, payload, signature] = genuine.split('.') as [string, string, string];
    for (const token of [
      '.',
      '..',
      '...',
      header,
      `${header}.${payload}`,
      `${header}.${payload}.`,
      `.${payload}.${signature}`,
      `${header}..${signature}`,
      `${genuine}.`,
      `${genuine}.${signature}`,
      `.${genuine}`,
      `${header}.${payload}.${signature}.${signature}.${signature}`,
      '.'.repeat(8_000),
    ]) {
      await expectInvalid(token);
    }
  });

  it('in its alphabet: padding, standard base64, white space', async () => {
    for (const change of ['=', '==', '+', '/', '%3D', '~', '!', ',']) {
      await expectInvalid(genuine + change);
      await expectInvalid(genuine.replace('.', `${change}.`));
      await expectInvalid(change + genuine);
    }
    const claims = goodClaims(who);
    const payload = segment(claims);
    for (const padded of [
      `${payload}=`,
      `${payload}==`,
      ` ${payload}`,
      `${payload.slice(0, 9)}.${payload.slice(9)}`,
    ])
      await expectInvalid(signHmac(GOOD_HEADER, claims).replace(payload, padded));
  });

  it('in the trailing bits of any part, though it means the same bytes', async () => {
    let tried = 0;
    for (const [index, part] of genuine.split('.').entries()) {
      const free = { 2: 16, 3: 4 }[(part.length % 4) as 2 | 3] ?? 1;
      const last = ALPHABET.indexOf(part.at(-1)!);
      for (let bits = 1; bits < free; bits++) {
        const same = part.slice(0, -1) + ALPHABET[last - (last % free) + ((last + bits) % free)];
        expect(Buffer.from(same, 'base64url')).toEqual(Buffer.from(part, 'base64url'));
        await expectInvalid(genuine.split('.').with(index, same).join('.'));
        tried++;
      }
    }
    expect(tried).toBeGreaterThan(0);
  });

  it.each<[string, string]>([
    ['a list', '[]'],
    ['a list of claims', '[{"sub":"user-1"}]'],
    ['a text', '"x"'],
    ['a number', '1'],
    ['null', 'null'],
    ['true', 'true'],
    ['nothing', ''],
    ['no JSON', '{'],
    ['an empty object', '{}'],
    ['an object and more', '{} {}'],
    ['a comment', '{/**/}'],
  ])('in its payload or header: %s', async (_name, json) => {
    await expectInvalid(signHmac(GOOD_HEADER, json));
    await expectInvalid(signHmac(json, goodClaims(who)));
  });

  it('by a member that is written twice', async () => {
    const claims = JSON.stringify(goodClaims(who));
    const header = JSON.stringify(GOOD_HEADER);
    for (const twice of [
      '"sub":"root"',
      '"exp":9999999999',
      '"s\\u0075b":"root"',
      '"roles" : ["admin"]',
      '"__proto__":{},"__proto__":{}',
    ]) {
      await expectInvalid(signHmac(GOOD_HEADER, claims.replace('{', `{${twice},`)));
      await expectInvalid(signHmac(GOOD_HEADER, claims.replace(/}$/, `,${twice}}`)));
    }
    for (const twice of ['"alg":"none"', '"kid":"x"', '"typ":"JWT"', '"a\\u006cg":"none"'])
      await expectInvalid(signHmac(header.replace('{', `{${twice},`), goodClaims(who)));
    const nested = claims.replace(/}$/, ',"profile":{"a":1,"a":2}}');
    await expectInvalid(signHmac(GOOD_HEADER, nested));
  });

  it('by a member that has a meaning of its own to JavaScript', async () => {
    const claims = JSON.stringify(goodClaims(who));
    const proto = claims.replace('{', '{"__proto__":{"roles":["admin"],"admin":true},');
    const { status, body } = await app.client().get('/auth/me', { bearer: signHmac(GOOD_HEADER, proto) });
    expect([200, 401]).toContain(status);
    if (status === 200) expect(body.user).toEqual({ id: 'user-1', roles: [], scopes: [] });
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('by its size, by its nesting, by its number of members: in bounded time, and never a 5xx', async () => {
    const deep = (count: number) => `{"x":${'['.repeat(count)}${']'.repeat(count)}}`;
    const many = JSON.stringify({
      ...goodClaims(who),
      ...Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, 0])),
    });
    const start = cpuMs();
    for (const json of [
      deep(1_000),
      deep(2_500),
      deep(2_900),
      `{"x":${'{"x":'.repeat(900)}1${'}'.repeat(901)}`,
    ]) {
      await expectInvalid(signHmac(GOOD_HEADER, json));
      await expectInvalid(signHmac(json, goodClaims(who)));
      await expectInvalid(`${segment(json)}.AAAA.AAAA`);
    }
    await expectInvalid('A'.repeat(8_193));
    await expectInvalid(signHmac(GOOD_HEADER, goodClaims(who, { x: 'a'.repeat(6_000) })));
    await expectInvalid(`"${'\\"'.repeat(3_000)}`);
    const large = await app.client().get('/auth/me', { bearer: signHmac(GOOD_HEADER, many) });
    expect(large.status).toBe(200);
    expect(cpuMs() - start).toBeLessThan(2_000);
  });

  it('beyond what a header may hold is refused before it is read', async () => {
    for (const token of ['.'.repeat(1_000_000), 'A'.repeat(10_000_000)])
      expect(
        await app
          .client()
          .get('/auth/me', { bearer: token })
          .then(
            ({ status }) => status,
            () => 431,
          ),
      ).toBe(431);
    expect((await app.client().get('/auth/me', { bearer: genuine })).status).toBe(200);
  });

  it.each([
    ['', 401],
    ['Bearer', 401],
    ['Bearer ', 401],
    ['Bearer TOKEN TOKEN', 401],
    ['Bearer TOKEN,TOKEN', 401],
    ['Bearer "TOKEN"', 401],
    ['Bearer=TOKEN', 401],
    ['BearerTOKEN', 401],
    ['Bearer: TOKEN', 401],
    ['Bearer %2e%2e%ZZ', 401],
    ['Bearer Bearer TOKEN', 401],
    ['JWT TOKEN', 401],
    ['Token TOKEN', 401],
    ['Basic TOKEN', 401],
    ['TOKEN', 401],
    ['Bearer TOKEN', 200],
    ['bearer TOKEN', 200],
    ['BEARER   TOKEN', 200],
  ])('"Authorization: %s" is answered with %s', async (authorization, status) => {
    const headers = { authorization: authorization.replaceAll('TOKEN', genuine) };
    const answer = await app.client().get('/auth/me', { headers });
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('in the query, in the body or in a cookie is never good', async () => {
    for (const [name, code] of [
      ['access_token', 'AUTH_REQUEST_INVALID'],
      // Another service's JWT may have this name.
      ['token', 'AUTH_CREDENTIALS_MISSING'],
    ])
      expect((await app.client().get(`/auth/me?${name}=${genuine}`)).body.code).toBe(code);
    for (const cookie of [
      `access_token=${genuine}`,
      `__Host-session=${genuine}`,
      `__Host-refresh=${genuine}`,
    ])
      expect((await app.client().get('/auth/me', { headers: { cookie } })).status).toBe(401);
  });

  it('given twice does not let the second one in', async () => {
    const status = await new Promise((resolve, reject) => {
      const sent = httpRequest(`${app.url}/auth/me`);
      sent.setHeader('authorization', ['Bearer nonsense', `Bearer ${genuine}`]);
      sent.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject);
      sent.end();
    });
    expect([400, 401]).toContain(status);
  });
});
