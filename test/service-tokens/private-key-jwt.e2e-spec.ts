import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JWTPayload } from 'jose';
import { ServiceClients, serviceIssuer } from 'nestjs-aerie/service-tokens';
import { askWithAssertion, assertion, type ClientKey, clientKey } from '../support/assertions.js';
import { basic, serviceToken } from '../support/service-requests.js';
import { signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';
import { HOUR, MINUTE, timePasses } from '../support/time-passes.js';
import { SpentTokenId } from '../support/service-tables.js';

const soon = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

describe.each(BELOW_THE_EDGE)('a client with a key, on %s', (adapter) => {
  let app: TestApp;
  const key = clientKey();
  const other = clientKey();
  beforeAll(async () => {
    app = await startTestApp({ adapter, options: { features: [serviceIssuer()] } });
    const clients = app.app.get(ServiceClients);
    const common = { scopes: ['a'], audiences: [ISSUER] };
    await clients.register({ id: 'keyed', ...common, jwks: { keys: [key.jwk] } });
    await clients.register({ id: 'other', ...common, jwks: { keys: [other.jwk] } });
    await clients.register({ id: 'secret', ...common });
  });
  afterAll(() => app.close());

  const outcome = async (text: string, fields = {}) => {
    const { status, body } = await askWithAssertion(app, text, fields);
    return status === 200 ? 'given' : `${status} ${body.code}`;
  };
  const REFUSED = '401 AUTH_CLIENT_INVALID';

  it.each<[string, JWTPayload]>([
    ['the issuer', { aud: ISSUER }],
    ['several, ours among them', { aud: ['https://x.example', ISSUER] }],
  ])('is given a token for an assertion for %s', async (_, claims) => {
    expect(await outcome(await assertion('keyed', key, claims))).toBe('given');
  });

  it('is given one for an assertion for the token endpoint where an option says so', async () => {
    const options = { features: [serviceIssuer({ endpointAudience: true })] };
    const lenient = await startTestApp({ adapter, options });
    const common = { scopes: ['a'], audiences: [ISSUER] };
    await lenient.app.get(ServiceClients).register({ id: 'keyed', ...common, jwks: { keys: [key.jwk] } });
    for (const aud of [`${ISSUER}/auth/token`, ISSUER])
      expect((await askWithAssertion(lenient, await assertion('keyed', key, { aud }))).status).toBe(200);
    const elsewhere = await assertion('keyed', key, { aud: `${ISSUER}/auth/introspect` });
    expect((await askWithAssertion(lenient, elsewhere)).status).toBe(401);
    await lenient.close();
  });

  it('is given one whatever the type, and beside its own id', async () => {
    expect(await outcome(await assertion('keyed', key, {}, { typ: 'JWT' }))).toBe('given');
    expect(await outcome(await assertion('keyed', key), { client_id: 'keyed' })).toBe('given');
  });

  it('is refused when the assertion comes again', async () => {
    const text = await assertion('keyed', key);
    expect(await outcome(text)).toBe('given');
    expect(await outcome(text)).toBe(REFUSED);
    expect(app.events.at(-1)).toMatchObject({ type: 'client_refused', reason: 'replay', clientId: 'keyed' });
  });

  it.each<[string, JWTPayload]>([
    ['for another audience', { aud: 'https://elsewhere.example' }],
    ['for the token endpoint', { aud: `${ISSUER}/auth/token` }],
    ['for no audience', { aud: undefined as never }],
    ['of another issuer', { iss: 'other' }],
    ['of the application', { iss: ISSUER }],
    ['that has expired', { exp: soon(-10) }],
    ['that lives too long', { exp: soon(400) }],
    ['without an end', { exp: undefined as never }],
    ['of the future', { nbf: soon(60), exp: soon(120) }],
    ['without an id', { jti: undefined as never }],
    ['with an empty id', { jti: '' }],
    ['with an id that is no text', { jti: 7 as never }],
    ['with a very long id', { jti: 'x'.repeat(256) }],
    ['of nobody', { sub: 'nobody', iss: 'nobody' }],
    ['of a client that has a secret', { sub: 'secret', iss: 'secret' }],
    ['of another client, by this key', { sub: 'other', iss: 'other' }],
  ])('is refused for an assertion %s', async (_, claims) => {
    expect(await outcome(await assertion('keyed', key, claims))).toBe(REFUSED);
  });

  it.each<[string, Record<string, unknown>, ClientKey?]>([
    ['of an access token', { typ: 'at+jwt' }],
    ['of a service token', { typ: 'Service+JWT' }],
    ['of an access token, with its prefix', { typ: 'application/at+jwt' }],
    ['by an unknown key', { kid: 'k2' }],
    ['by another key of that name', {}, other],
    ['that brings its key', { jwk: key.jwk }],
  ])('is refused for an assertion with the header %s', async (_, header, by = key) => {
    expect(await outcome(await assertion('keyed', by, {}, header))).toBe(REFUSED);
  });

  it('is refused for an assertion beside another id, of another type, or with another proof', async () => {
    expect(await outcome(await assertion('keyed', key), { client_id: 'other' })).toBe(REFUSED);
    const text = await assertion('keyed', key);
    expect(await outcome(text, { client_assertion_type: 'urn:x' })).toBe('400 AUTH_REQUEST_INVALID');
    expect(await outcome(text, { client_secret: 'x', client_id: 'keyed' })).toBe('400 AUTH_REQUEST_INVALID');
    expect(await outcome(text, { client_assertion: '' })).toBe('400 AUTH_REQUEST_INVALID');
    expect(await outcome('no.jws.here')).toBe(REFUSED);
    // None of them used it up.
    expect(await outcome(text)).toBe('given');
  });

  it('is refused while it is disabled, and its assertion is not used up', async () => {
    const clients = app.app.get(ServiceClients);
    const text = await assertion('keyed', key);
    await clients.disable('keyed');
    expect(await outcome(text)).toBe(REFUSED);
    await clients.enable('keyed');
    expect(await outcome(text)).toBe('given');
  });

  it('no token of this application is an assertion', async () => {
    await app.users.add('ada');
    const { body } = await signIn(app, 'tokens');
    const service = await serviceToken(app, {
      id: 'made',
      secret: (await app.app.get(ServiceClients).register({ id: 'made', scopes: [], audiences: [ISSUER] }))
        .secret!,
    });
    for (const text of [body.access_token, body.refresh_token, service] as string[])
      expect(await outcome(text)).toBe(REFUSED);
  });

  it('ids are forgotten when no assertion can be good any more, and not before', async () => {
    const spent = app.source.getRepository(SpentTokenId);
    const text = await assertion('keyed', key);
    await outcome(text);
    await timePasses(app, 9 * MINUTE);
    await app.authentication.sweep();
    expect(await outcome(text)).toBe(REFUSED);
    await timePasses(app, HOUR);
    expect((await app.authentication.sweep()).features['service-issuer']).toBeGreaterThan(0);
    expect(await spent.count()).toBe(0);
  });

  it('keys take the place of a secret, and one that is taken away verifies no more', async () => {
    const clients = app.app.get(ServiceClients);
    const { secret } = await clients.register({ id: 'changes', scopes: [], audiences: [ISSUER] });
    await clients.update('changes', { jwks: { keys: [key.jwk, { ...other.jwk, kid: 'k2' }] } });
    expect(await clients.rotateSecret('changes')).toBeNull();
    const k2: ClientKey = { ...other, jwk: { ...other.jwk, kid: 'k2' } };
    expect(await outcome(await assertion('changes', k2))).toBe('given');
    await clients.update('changes', { jwks: { keys: [key.jwk] } });
    expect(await outcome(await assertion('changes', k2))).toBe(REFUSED);
    const bySecret = await app.client().post('/auth/token', {
      raw: 'grant_type=client_credentials',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...basic({ id: 'changes', secret: secret! }),
      },
    });
    expect(bySecret.status).toBe(401);
  });
});

describe('the keys of a client', () => {
  let clients: ServiceClients;
  beforeAll(async () => {
    clients = (await startTestApp({ options: { features: [serviceIssuer()] } })).app.get(ServiceClients);
  });
  const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const weak = { ...rsa.export({ format: 'jwk' }) } as Record<string, unknown>;
  const key = clientKey();

  it.each<[string, unknown]>([
    ['none', { keys: [] }],
    ['no list', { keys: 'x' }],
    ['nothing of the kind', [key.jwk]],
    ['two of one kid', { keys: [key.jwk, key.jwk] }],
    ['one without a kid', { keys: [{ ...key.jwk, kid: undefined }] }],
    ['one without alg', { keys: [{ ...key.jwk, alg: undefined }] }],
    ['a symmetric one', { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'a', alg: 'HS256' }] }],
    ['a private one', { keys: [{ ...key.privateKey.export({ format: 'jwk' }), kid: 'a', alg: 'ES256' }] }],
    ['one for encryption', { keys: [{ ...key.jwk, use: 'enc' }] }],
    ['one of another alg', { keys: [{ ...key.jwk, alg: 'RS256' }] }],
    ['a weak one', { keys: [{ kty: 'RSA', n: weak['n'], e: weak['e'], kid: 'a', alg: 'RS256' }] }],
  ])('are refused: %s', async (_, jwks) => {
    await expect(
      clients.register({ id: 'x', scopes: [], audiences: ['x'], jwks: jwks as never }),
    ).rejects.toMatchObject({ code: 'AUTH_CONFIG_INVALID', message: expect.not.stringContaining('"d"') });
    expect(await clients.find('x')).toBeNull();
  });
});
