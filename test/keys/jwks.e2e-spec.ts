import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { AuthenticationService, AuthModule, SigningKeys } from 'nestjs-aerie';
import { signIn, statusOf } from '../support/sign-ins.js';
import { ADAPTERS, ISSUER, SECRET, startTestApp, type TestApp } from '../support/test-app.js';
import { testConnection } from '../support/test-databases.js';
import { TestUsers, TestUsersModule } from '../support/test-users.js';
import { typeOrmStores } from 'nestjs-aerie/typeorm';

const PATH = '/.well-known/jwks.json';

describe.each(ADAPTERS)('the JWKS of managed keys, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  const get = (headers = {}) => fetch(app.url + PATH, { headers });

  it('verifies what is signed, and holds nothing private', async () => {
    const { body } = await signIn(app, 'tokens');
    const set = (await (await get()).json()) as { keys: Record<string, unknown>[] };
    expect(set.keys.map((key) => Object.keys(key).sort())).toEqual([
      ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
    ]);
    const rules = { issuer: ISSUER, audience: ISSUER, typ: 'at+jwt', algorithms: ['ES256'] };
    const verified = await jwtVerify(body.access_token, createLocalJWKSet(set as never), rules);
    expect(verified.payload.sub).toBe('user-1');
    expect(await statusOf(app, body.access_token)).toBe(200);
  });

  it('may be kept for five minutes, and is not sent again while it is the same', async () => {
    const first = await get();
    const tag = first.headers.get('etag')!;
    expect([first.status, first.headers.get('cache-control')]).toEqual([200, 'public, max-age=300']);
    expect(tag).toMatch(/^"[\w-]+"$/);
    for (const named of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const again = await get({ 'if-none-match': named });
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
      expect(again.headers.get('cache-control')).toBe('public, max-age=300');
    }
    for (const named of ['"other"', tag.slice(1, -1), '']) {
      expect((await get({ 'if-none-match': named })).status).toBe(200);
    }
  });

  it('changes with the keys: one that is announced is in it before it signs', async () => {
    const before = await get();
    const { keys } = (await before.json()) as { keys: { kid: string }[] };
    const { body } = await signIn(app, 'tokens');
    await app.app.get(SigningKeys).rotate();
    const after = await get({ 'if-none-match': before.headers.get('etag')! });
    expect(after.status).toBe(200);
    expect(((await after.json()) as { keys: unknown[] }).keys).toEqual([keys[0], expect.anything()]);
    expect(app.app.get(SigningKeys).activeKid).toBe(keys[0]!.kid);
    expect(await statusOf(app, body.access_token)).toBe(200);
  });
});

describe('a JWKS of keys that are announced shortly before they sign', () => {
  it('is kept for half of that time at most', async () => {
    const options = { managedKeys: { announce: '20s', rotateEvery: '1h' } } as const;
    const app = await startTestApp({ options });
    expect((await fetch(app.url + PATH)).headers.get('cache-control')).toBe('public, max-age=10');
    await app.close();
  });
});

describe('an application that was never initialised', () => {
  it('reads its keys when the first token is signed', async () => {
    const module = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot(testConnection('sqlite')),
        AuthModule.forRoot({
          imports: [TestUsersModule],
          users: TestUsers,
          stores: typeOrmStores(),
          secret: SECRET,
          issuer: ISSUER,
        }),
      ],
    })
      .setLogger(false as never)
      .compile();
    await module.get(TestUsers).add('ada');
    const { mode } = await module.get(AuthenticationService).signIn('user-1', { mode: 'tokens' });
    expect(mode).toBe('tokens');
    await module.close();
  });
});
