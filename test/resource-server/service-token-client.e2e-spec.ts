// Against a stand-in for the issuer's token endpoint.
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createPublicKey } from 'node:crypto';
import { jwtVerify } from 'jose';
import {
  type AuthError,
  ServiceTokenClient,
  type ServiceTokenClientOptions,
  StoreUnavailableError,
} from 'nestjs-aerie/resource-server';
import { FetchHttpClient } from '../../libs/auth/src/http-client/http-client.js';
import { TestClock } from '../support/test-clock.js';
import { es256Key } from './es256.js';
import { StandIn } from './stand-in.js';

const SECRET = 'the-secret-of-orders';
let issuer: StandIn;
let clock: TestClock;
let handedOut: number;
const clientOf = (change: Partial<ServiceTokenClientOptions> = {}): ServiceTokenClient =>
  new ServiceTokenClient(
    { tokenUrl: `${issuer.url}/auth/token`, clientId: 'orders', secret: SECRET, ...change } as never,
    new FetchHttpClient(),
    clock,
  );
const formOf = (index: number) => Object.fromEntries(new URLSearchParams(issuer.received[index]!.body));

describe('ServiceTokenClient', () => {
  beforeEach(async () => {
    handedOut = 0;
    clock = new TestClock();
    issuer = await StandIn.start(() => ({
      access_token: `token-${++handedOut}`,
      token_type: 'Bearer',
      expires_in: 300,
    }));
  });

  it('asks for a token of its own, once, until shortly before it expires', async () => {
    const client = clientOf();
    const request = { audience: 'https://billing.example.com', scopes: ['b', 'a'] };
    expect(await client.token(request)).toBe('token-1');
    expect(formOf(0)).toEqual({ grant_type: 'client_credentials', audience: request.audience, scope: 'b a' });
    expect(issuer.received[0]!.headers.authorization).toBe(
      `Basic ${Buffer.from(`orders:${SECRET}`).toString('base64')}`,
    );
    clock.pass(260_000);
    expect(await client.token({ ...request, scopes: ['a', 'b'] })).toBe('token-1');
    clock.pass(10_000);
    expect(await client.token(request)).toBe('token-2');
    expect(issuer.received).toHaveLength(2);
  });

  it('asks once for many that wait, and separately for each audience and scope', async () => {
    const client = clientOf();
    const same = await Promise.all(Array.from({ length: 20 }, () => client.token()));
    expect(new Set(same)).toEqual(new Set(['token-1']));
    const others = [{ audience: 'a' }, { audience: 'b' }, { scopes: ['a'] }, { scopes: ['a b'] }, {}];
    for (const request of others) await client.token(request);
    expect(issuer.received).toHaveLength(5);
    expect(formOf(0)).toEqual({ grant_type: 'client_credentials' });
  });

  it('asks again for one that was refused elsewhere', async () => {
    const client = clientOf();
    client.forget(await client.token());
    expect(await client.token()).toBe('token-2');
  });

  it('exchanges a person’s token, each time anew', async () => {
    const client = clientOf();
    for (let i = 0; i < 2; i++)
      await client.exchange({
        subjectToken: 'a-token',
        audience: 'https://billing.example.com',
        scopes: ['a'],
      });
    expect(issuer.received).toHaveLength(2);
    expect(formOf(1)).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: 'a-token',
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: 'https://billing.example.com',
      scope: 'a',
    });
  });

  it('proves itself by a key, with an assertion for each request', async () => {
    const key = es256Key('orders-1');
    const client = clientOf({
      secret: undefined,
      privateKey: key.privateKey,
      alg: 'ES256',
      kid: 'orders-1',
      issuer: 'https://api.example.com',
    } as never);
    await client.token();
    await client.token({ audience: 'b' });
    const claims = await Promise.all(
      [0, 1].map(async (index) => {
        const { client_assertion: assertion, client_assertion_type: type } = formOf(index);
        expect(type).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
        expect(issuer.received[index]!.headers.authorization).toBeUndefined();
        const { payload, protectedHeader } = await jwtVerify(assertion!, createPublicKey(key.privateKey), {
          audience: 'https://api.example.com',
          issuer: 'orders',
          subject: 'orders',
        });
        expect(protectedHeader).toEqual({ alg: 'ES256', kid: 'orders-1', typ: 'JWT' });
        expect(payload.exp! - payload.iat!).toBeLessThanOrEqual(300);
        return payload;
      }),
    );
    expect(claims[0]!.jti).not.toBe(claims[1]!.jti);
  });

  it('must know whom an assertion is for', () => {
    const { privateKey } = es256Key('orders-1');
    const keyed = { secret: undefined, privateKey, alg: 'ES256' } as never;
    expect(() => clientOf(keyed)).toThrow(/^"issuer" must be given beside "privateKey"/);
  });

  it.each([
    ['invalid_client', 401, 'AUTH_CLIENT_INVALID'],
    ['unauthorized_client', 400, 'AUTH_GRANT_FORBIDDEN'],
    ['unsupported_grant_type', 400, 'AUTH_GRANT_UNSUPPORTED'],
    ['invalid_grant', 400, 'AUTH_GRANT_INVALID'],
    ['invalid_scope', 400, 'AUTH_SCOPE_INVALID'],
    ['invalid_target', 400, 'AUTH_TARGET_INVALID'],
    ['invalid_request', 400, 'AUTH_REQUEST_INVALID'],
    ['temporarily_unavailable', 503, 'AUTH_STORE_UNAVAILABLE'],
    ['constructor', 400, 'AUTH_STORE_UNAVAILABLE'],
  ])('says what the issuer decided: %s', async (error, status, code) => {
    issuer.answer = (_, response) => void response.writeHead(status).end(JSON.stringify({ error }));
    const thrown = await clientOf()
      .token()
      .catch((caught: AuthError) => caught);
    expect(thrown).toMatchObject({ code });
    expect(JSON.stringify([thrown, String(thrown), String((thrown as Error).cause)])).not.toContain(SECRET);
  });

  it.each<[string, StandIn['answer']]>([
    ['no JSON', (_, response) => void response.end('token')],
    ['no token', () => ({ token_type: 'Bearer', expires_in: 300 })],
    ['another type of token', () => ({ access_token: 'a-token', token_type: 'mac', expires_in: 300 })],
    ['a token without an end', () => ({ access_token: 'a-token', token_type: 'Bearer' })],
    [
      'a token that no header takes',
      () => ({ access_token: 'a-token\n', token_type: 'Bearer', expires_in: 300 }),
    ],
    ['a redirect', (_, response) => void response.writeHead(307, { location: '/elsewhere' }).end()],
    ['nothing', () => undefined],
  ])('takes what is no answer for an outage, and keeps nothing of it: %s', async (_, answer) => {
    issuer.answer = answer;
    const client = clientOf({ timeout: '200ms' });
    const thrown = await client.token().catch((caught: Error) => caught);
    expect(thrown).toBeInstanceOf(StoreUnavailableError);
    expect(String((thrown as Error).cause)).not.toMatch(new RegExp(`${SECRET}|a-token`));
    expect(issuer.received).toHaveLength(1);
    issuer.answer = () => ({ access_token: 'good', token_type: 'bearer', expires_in: 300 });
    expect(await client.token()).toBe('good');
  });

  it('does not show its secret when it is printed', () => {
    expect(JSON.stringify(Object.keys(clientOf()))).not.toContain(SECRET);
  });
});
