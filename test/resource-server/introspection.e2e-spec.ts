// Against a stand-in for the issuer's endpoint: what is asked, how often, and what becomes of each answer.
import { describe, expect, it } from '@jest/globals';
import type { RevocationByIntrospection } from 'nestjs-aerie/resource-server';
import { BELOW_THE_EDGE, type Adapter } from '../support/test-app.js';
import { until } from '../support/until.js';
import { es256Key } from './es256.js';
import { startResourceApp } from './resource-app.js';
import { StandIn } from './stand-in.js';

const key = es256Key('k1');
const credentials = { clientId: 'or:ders', secret: 'a secret: with signs & more' };
const UNAVAILABLE = { status: 503, code: 'AUTH_STORE_UNAVAILABLE' };
const REVOKED = { status: 401, code: 'AUTH_ACCESS_TOKEN_REVOKED' };
const GOOD = { status: 200 };

async function started(
  answer: StandIn['answer'],
  change: Partial<RevocationByIntrospection> = {},
  adapter: Adapter = 'express',
) {
  const issuer = await StandIn.start(answer);
  const service = await startResourceApp({
    adapter,
    options: {
      jwks: { keys: [key.jwk] },
      revocation: { mode: 'introspection', url: `${issuer.url}/introspect`, client: credentials, ...change },
    },
  });
  return { issuer, service };
}

describe.each(BELOW_THE_EDGE)('a resource server that asks about each token, on %s', (adapter) => {
  it('asks with its own credentials, and remembers that a token is good for as long as it may', async () => {
    const { issuer, service } = await started(() => ({ active: true }), {}, adapter);
    const token = key.token();
    for (let i = 0; i < 3; i++) expect(await service.get('/orders', token)).toMatchObject(GOOD);
    expect(issuer.received).toHaveLength(1);
    const [{ method, path, headers, body }] = issuer.received as [(typeof issuer.received)[0]];
    expect([method, path, headers['content-type']]).toEqual([
      'POST',
      '/introspect',
      'application/x-www-form-urlencoded;charset=UTF-8',
    ]);
    expect([...new URLSearchParams(body)]).toEqual([['token', token]]);
    const basic = Buffer.from(headers.authorization!.slice('Basic '.length), 'base64').toString();
    expect(basic.split(':').map((part) => decodeURIComponent(part.replaceAll('+', ' ')))).toEqual([
      credentials.clientId,
      credentials.secret,
    ]);
    service.clock.pass(5_000);
    issuer.answer = () => ({ active: false });
    expect(await service.get('/orders', token)).toMatchObject(REVOKED);
    // A refusal is never cached.
    issuer.answer = () => ({ active: true });
    expect(await service.get('/orders', token)).toMatchObject(GOOD);
    expect(issuer.received).toHaveLength(3);
  });
});

describe('a resource server that asks about each token', () => {
  it('asks once for a token that many requests bring at once', async () => {
    const { issuer, service } = await started(() => ({ active: true }));
    const token = key.token();
    const answers = await Promise.all(Array.from({ length: 20 }, () => service.get('/orders', token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(issuer.received).toHaveLength(1);
  });

  it('shares no question where an earlier answer will not do', async () => {
    const { issuer, service } = await started(() => ({ active: true }), { maxStaleness: '0s' });
    const token = key.token();
    await Promise.all(Array.from({ length: 5 }, () => service.get('/orders', token)));
    expect(issuer.received).toHaveLength(5);
  });

  it('asks every time where a route asks for it', async () => {
    const { issuer, service } = await started(() => ({ active: true }));
    const token = key.token();
    for (let i = 0; i < 2; i++) expect(await service.get('/now', token)).toMatchObject(GOOD);
    expect(issuer.received).toHaveLength(2);
    issuer.answer = () => ({ active: false });
    expect(await service.get('/now', token)).toMatchObject(REVOKED);
    expect(await service.get('/orders', token)).toMatchObject(REVOKED);
  });

  it('does not take an earlier answer for a good one, once a later one refused', async () => {
    const held: (() => void)[] = [];
    const { issuer, service } = await started((_, response) => {
      held.push(() => response.end('{"active":true}'));
    });
    const token = key.token();
    const early = service.get('/orders', token);
    await until('it asked', () => held.length === 1);
    issuer.answer = () => ({ active: false });
    expect(await service.get('/now', token)).toMatchObject(REVOKED);
    held[0]!();
    expect(await early).toMatchObject(GOOD);
    expect(await service.get('/orders', token)).toMatchObject(REVOKED);
  });

  it('shares no question that was asked longer ago than an answer may be old', async () => {
    const held: (() => void)[] = [];
    const { service } = await started(
      (_, response) => void held.push(() => response.end('{"active":true}')),
      { maxStaleness: '0s' },
    );
    const token = key.token();
    const answers = [service.get('/orders', token)];
    await until('it asked', () => held.length === 1);
    answers.push(service.get('/orders', token));
    await until('it asked', () => held.length === 2);
    for (const answer of held) answer();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('asks about nothing that does not verify here', async () => {
    const { issuer, service } = await started(() => ({ active: true }));
    for (const token of [key.token({ aud: 'b' }), key.token({ exp: 1 }), es256Key('k1').token(), 'nonsense'])
      expect(await service.get('/orders', token)).toMatchObject({ status: 401 });
    expect(issuer.received).toEqual([]);
  });

  it.each<[string, StandIn['answer']]>([
    ['that the client is unknown', (_, response) => void response.writeHead(401).end('{"active":true}')],
    ['that the client may not ask', (_, response) => void response.writeHead(403).end('{"active":true}')],
    ['an error', (_, response) => void response.writeHead(500).end()],
    ['no JSON', (_, response) => void response.end('active')],
    ['no word', () => ({})],
    ['something else than yes or no', () => ({ active: 'true' })],
    ['a list', () => [true]],
    ['1 MB', () => ({ active: true, padding: 'x'.repeat(1_000_000) })],
    ['a redirect', (_, response) => void response.writeHead(307, { location: '/elsewhere' }).end()],
    ['a hang-up', (_, response) => void response.destroy()],
  ])('refuses with 503, not 401, when it is answered with %s', async (_, answer) => {
    const { issuer, service } = await started(answer);
    const token = key.token();
    expect(await service.get('/orders', token)).toMatchObject(UNAVAILABLE);
    issuer.answer = () => ({ active: true });
    expect(await service.get('/orders', token)).toMatchObject(GOOD);
  });

  it('does not wait for an issuer that hangs', async () => {
    const { service } = await started(() => undefined);
    expect(await service.get('/orders', key.token())).toMatchObject(UNAVAILABLE);
  });
});
