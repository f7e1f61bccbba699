import { beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { ServiceTokenClient } from 'nestjs-aerie/resource-server';
import { signIn } from '../support/sign-ins.js';
import { ADAPTERS, ISSUER, startTestApp } from '../support/test-app.js';
import { BILLING, type Issuer, startIssuer } from './issuer.js';

describe.each(ADAPTERS)('GET /auth/revocations on %s', (adapter) => {
  let issuer: Issuer;
  let ended: string[];
  let bearer: string;
  const get = (query: string, headers: Record<string, string> = {}) =>
    issuer.client().get(`/auth/revocations${query}`, { headers, bearer });
  beforeAll(async () => {
    issuer = await startIssuer(adapter);
    bearer = await new ServiceTokenClient(issuer.orders).token({ audience: ISSUER, scopes: ['revocations'] });
    ended = [];
    for (let i = 0; i < 3; i++) {
      const { client, body, id } = await signIn(issuer, 'tokens');
      await client.post('/auth/logout', { json: { refresh_token: body.refresh_token } });
      ended.push(id);
    }
  });

  it('tells what has ended, in order, and the time of the store', async () => {
    const { status, body, headers } = await get('');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(Math.abs(body.now - Date.now())).toBeLessThan(60_000);
    expect(headers.get('aerie-now')).toBe(String(body.now));
    expect(body.revocations.map((one: any) => one.value)).toEqual(ended);
    const [first] = body.revocations;
    expect(first).toEqual({
      id: expect.any(Number),
      kind: 'sign_in',
      value: ended[0],
      epoch: null,
      created_at: expect.any(Number),
      expires_at: expect.any(Number),
    });
    expect(first.expires_at).toBeGreaterThan(body.now);
  });

  it('tells a part of it', async () => {
    const { body } = await get('?after=0&limit=5000');
    const ids: number[] = body.revocations.map(({ id }: { id: number }) => id);
    const idsOf = async (query: string) => (await get(query)).body.revocations.map((one: any) => one.id);
    expect(await idsOf(`?after=${ids[0]}`)).toEqual(ids.slice(1));
    expect(await idsOf('?limit=2')).toEqual(ids.slice(0, 2));
    expect(await idsOf(`?ids=${ids[2]},${ids[0]},999999`)).toEqual([ids[0], ids[2]]);
    expect(await idsOf(`?after=${ids[2]}`)).toEqual([]);
  });

  it('sends few texts of statements, whatever limits are asked for: a database may keep the plan of each', async () => {
    const { logger } = issuer.source;
    const texts = new Set<string>();
    const logQuery = logger.logQuery.bind(logger);
    logger.logQuery = (query) => void (query.includes('limit') && texts.add(query));
    try {
      for (let limit = 1; limit <= 5_000; limit = limit * 2 + 1)
        expect((await get(`?limit=${limit}`)).body.revocations).toHaveLength(Math.min(limit, 3));
    } finally {
      logger.logQuery = logQuery;
    }
    expect(texts.size).toBeLessThanOrEqual(3);
  });

  it('does not send again what is as it was, and tells the time all the same', async () => {
    const first = await get('?limit=2');
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    const again = await get('?limit=2', { 'if-none-match': etag });
    expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, undefined, etag]);
    expect(Number(again.headers.get('aerie-now'))).toBeGreaterThanOrEqual(first.body.now);
    // A proxy that compresses makes the tag a weak one.
    expect((await get('?limit=2', { 'if-none-match': `W/${etag}` })).status).toBe(304);
    expect((await get('?limit=3', { 'if-none-match': etag })).status).toBe(200);
    // An ETag is of what is said, and of nothing else.
    expect(etag).not.toContain(createHash('sha256').update('').digest('base64url'));
  });

  it.each([
    '?after=-1',
    '?after=1.5',
    '?after=1e3',
    '?after=',
    '?after=%31%00',
    '?after=99999999999999999999',
    '?limit=0',
    '?limit=5001',
    '?limit=01',
    '?limit=1&limit=2',
    '?after[]=1',
    '?since=1',
    '?ids=',
    '?ids=1,,2',
    '?ids=0',
    '?ids=1&after=0',
    `?ids=${Array.from({ length: 201 }, (_, i) => i + 1).join(',')}`,
    "?ids=1' or 1=1",
    '?__proto__=1',
  ])('refuses %s', async (query) => {
    expect(await get(query)).toMatchObject({ status: 400, body: { code: 'AUTH_REQUEST_INVALID' } });
  });

  it('is for services that have the scope, and for no others', async () => {
    const client = new ServiceTokenClient(issuer.orders);
    const person = (await signIn(issuer, 'tokens')).body.access_token as string;
    const tokens: [string | undefined, number, string][] = [
      [undefined, 401, 'AUTH_CREDENTIALS_MISSING'],
      [person, 401, 'AUTH_ACCESS_TOKEN_INVALID'],
      [await client.token({ audience: BILLING, scopes: ['revocations'] }), 401, 'AUTH_ACCESS_TOKEN_INVALID'],
      [await client.token({ audience: ISSUER, scopes: ['bills:read'] }), 403, 'AUTH_FORBIDDEN'],
    ];
    for (const [token, status, code] of tokens) {
      const answer = await issuer
        .client()
        .get('/auth/revocations', token === undefined ? {} : { bearer: token });
      expect(answer).toMatchObject({ status, body: { code } });
    }
  });

  it('is not there without services', async () => {
    const app = await startTestApp({ adapter });
    expect((await app.client().get('/auth/revocations')).status).toBe(404);
  });
});
