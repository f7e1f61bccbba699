import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { claimsOf, refreshed, signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';
// Not public: where the process reads the time.
import { Clock } from '../../libs/auth/src/time/clock.js';
import { GOOD_HEADER, goodClaims, type Members, signHmac } from './forge.js';

class SetClock extends Clock {
  at = 0;
  now = () => this.at;
  monotonic = () => performance.now();
}

const OTHER_AUDIENCE = 'https://notes.example.com';
const TOLERANCE = 5;

describe.each(BELOW_THE_EDGE)('the claims of an access token, on %s', (adapter) => {
  const clock = new SetClock();
  let app: TestApp;
  let who: { id: string; sub: string; sep: number };
  let now: number;
  beforeAll(async () => {
    clock.at = Date.now();
    app = await startTestApp({
      adapter,
      options: { keys: 'secret', accessTokens: { audience: [ISSUER, OTHER_AUDIENCE] } },
      override: (builder) => builder.overrideProvider(Clock).useValue(clock),
    });
    await app.users.add('ada');
    const { body, id } = await signIn(app, 'tokens');
    who = { id, sub: 'user-1', sep: claimsOf(body.access_token)['sep'] };
  });
  afterAll(() => app.close());
  beforeEach(() => {
    now = Math.floor(Date.now() / 1000);
    clock.at = now * 1000;
  });

  /** The code that a token of these claims is answered with, first cold, then from the cache. */
  async function codeOf(change: Members): Promise<string> {
    const bearer = signHmac(GOOD_HEADER, goodClaims(who, change));
    const codes = new Set<string>();
    for (const _again of [1, 2, 3]) {
      const { status, body } = await app.client().get('/auth/me', { bearer });
      codes.add(status === 200 ? 'OK' : body.code);
    }
    expect(codes.size).toBe(1);
    return [...codes][0]!;
  }
  const INVALID = 'AUTH_ACCESS_TOKEN_INVALID';
  const EXPIRED = 'AUTH_ACCESS_TOKEN_EXPIRED';

  it('are those of RFC 9068, and ours', async () => {
    const { body, id } = await signIn(app, 'tokens');
    const claims = claimsOf(body.access_token);
    expect(claims).toEqual({
      iss: ISSUER,
      aud: [ISSUER, OTHER_AUDIENCE],
      sub: 'user-1',
      iat: now,
      exp: now + body.expires_in,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      sid: id,
      sep: expect.any(Number),
      gep: 0,
      auth_time: expect.any(Number),
      amr: ['pwd'],
      roles: [],
      scope: '',
    });
    const header = JSON.parse(Buffer.from(body.access_token.split('.')[0], 'base64url').toString());
    expect(header).toEqual(GOOD_HEADER);
  });

  it.each<[string, unknown]>([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['a list with ours', [ISSUER]],
    ['an object', { iss: ISSUER }],
    ['ours with a slash', `${ISSUER}/`],
    ['a prefix of ours', ISSUER.slice(0, -1)],
    ['ours as a prefix', `${ISSUER}.evil.example`],
    ['ours in upper case', ISSUER.toUpperCase()],
    ['ours and white space', ` ${ISSUER}`],
  ])('iss %s is refused', async (_name, iss) => {
    expect(await codeOf({ iss })).toBe(INVALID);
  });

  it.each<[string, unknown, string]>([
    ['missing', undefined, INVALID],
    ['null', null, INVALID],
    ['empty', '', INVALID],
    ['another', 'https://other.example.com', INVALID],
    ['a prefix of ours', ISSUER.slice(0, -1), INVALID],
    ['ours as a prefix', `${ISSUER}/notes`, INVALID],
    ['an empty list', [], INVALID],
    ['a list of others', ['https://other.example.com'], INVALID],
    ['a list in a list', [[ISSUER]], INVALID],
    ['ours beside something that is no text', [ISSUER, 1], INVALID],
    ['an object', { 0: ISSUER, length: 1 }, INVALID],
    ['ours', ISSUER, 'OK'],
    ['our second one', OTHER_AUDIENCE, 'OK'],
    ['a list with ours', ['https://other.example.com', ISSUER], 'OK'],
  ])('aud %s', async (_name, aud, code) => {
    expect(await codeOf({ aud })).toBe(code);
  });

  it.each(['exp', 'iat', 'nbf', 'auth_time', 'sep', 'gep'])(
    '%s as anything but an instant is refused',
    async (claim) => {
      for (const value of ['9999999999', '', null, true, [now], {}, -1, 8_640_000_000_001, 1e300])
        expect([claim, value, await codeOf({ [claim]: value })]).toEqual([claim, value, INVALID]);
    },
  );

  it.each(['exp', 'iat', 'sub', 'jti', 'sid', 'sep', 'gep', 'auth_time', 'amr', 'roles', 'scope'])(
    '%s is required',
    async (claim) => {
      expect(await codeOf({ [claim]: undefined })).toBe(INVALID);
    },
  );

  it.each<[string, unknown]>([
    ['sub', ''],
    ['sub', 1],
    ['sub', ['user-1']],
    ['sid', 1],
    ['jti', {}],
    ['roles', 'admin'],
    ['roles', [1]],
    ['roles', { 0: 'admin' }],
    ['amr', 'pwd'],
    ['scope', ['a']],
  ])('%s of another type is refused: %j', async (claim, value) => {
    expect(await codeOf({ [claim]: value })).toBe(INVALID);
  });

  it('exp: one second on each side of the tolerance, cold and cached', async () => {
    expect(await codeOf({ exp: now - TOLERANCE + 1, iat: now - 900 })).toBe('OK');
    expect(await codeOf({ exp: now - TOLERANCE, iat: now - 900 })).toBe(EXPIRED);
    expect(await codeOf({ exp: now - TOLERANCE - 1, iat: now - 900 })).toBe(EXPIRED);
    expect(await codeOf({ exp: 0, iat: 0 })).toBe(EXPIRED);
  });

  it('nbf and iat: one second on each side of the tolerance', async () => {
    for (const claim of ['nbf', 'iat']) {
      expect(await codeOf({ [claim]: now + TOLERANCE })).toBe('OK');
      expect(await codeOf({ [claim]: now + TOLERANCE + 1 })).toBe(EXPIRED);
    }
    expect(await codeOf({ iat: now - 900, nbf: now + TOLERANCE + 1 })).toBe(EXPIRED);
  });

  it('a cached token expires like any other, to the second', async () => {
    const bearer = signHmac(GOOD_HEADER, goodClaims(who, { exp: now + 60 }));
    const answer = async () => {
      const { status, body } = await app.client().get('/auth/me', { bearer });
      return status === 200 ? 'OK' : body.code;
    };
    expect(await answer()).toBe('OK');
    clock.at = (now + 60 + TOLERANCE) * 1000 - 1;
    expect(await answer()).toBe('OK');
    clock.at += 1;
    expect(await answer()).toBe(EXPIRED);
    // A clock that goes back: the client is told to refresh.
    clock.at = (now - 60) * 1000;
    expect(await answer()).toBe(EXPIRED);
    clock.at = now * 1000;
    expect(await answer()).toBe('OK');
  });

  it('a clock that goes back costs a refresh, not a sign-in', async () => {
    const { body, client } = await signIn(app, 'tokens');
    clock.at = (now - 600) * 1000;
    const bearer: string = body.access_token;
    const { status, body: refusal, headers } = await client.get('/auth/me', { bearer });
    expect([status, refusal.code, refusal.message]).toEqual([
      401,
      EXPIRED,
      'The access token is not valid yet.',
    ]);
    expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
    const { access_token: next } = await refreshed(app, body.refresh_token);
    expect((await client.get('/auth/me', { bearer: next })).status).toBe(200);
    clock.at = now * 1000;
    expect((await client.get('/auth/me', { bearer: next })).status).toBe(200);
  });

  it('two tokens that are alike but for jti, or for a role, never share a cache entry', async () => {
    const claims = goodClaims(who);
    const user = async (change: Members) => {
      const bearer = signHmac(GOOD_HEADER, { ...claims, ...change });
      return (await app.client().get('/auth/me', { bearer })).body.user;
    };
    for (const _again of [1, 2]) {
      expect((await user({ roles: ['reader'] })).roles).toEqual(['reader']);
      expect((await user({ roles: ['admin'] })).roles).toEqual(['admin']);
      expect((await user({ roles: ['admin'], jti: 'x' })).roles).toEqual(['admin']);
    }
  });

  it('that an application gave come back as members of the user', async () => {
    const named = await startTestApp({
      adapter,
      options: { accessTokens: { claims: (subject) => ({ plan: 'pro', of: subject.id }) } },
    });
    await named.users.add('ada');
    const { body, client } = await signIn(named, 'tokens');
    expect(claimsOf(body.access_token)).toMatchObject({ plan: 'pro', of: 'user-1' });
    const user = { id: 'user-1', plan: 'pro', of: 'user-1', roles: [], scopes: [] };
    expect(body.user).toEqual(user);
    expect((await client.get('/auth/me', { bearer: body.access_token })).body).toEqual({ user });
    expect((await (await signIn(named, 'session')).client.get('/auth/me')).body).toEqual({ user });
    await named.close();
  });
});
