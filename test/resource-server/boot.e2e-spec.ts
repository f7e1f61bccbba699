import { describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  AuthConfigError,
  ResolvedResourceServerOptions,
  ResourceServerModule,
  type ResourceServerOptions,
  type ResourceServerOptionsFactory,
  ServiceTokenClient,
} from 'nestjs-aerie/resource-server';
import { AuthModule } from 'nestjs-aerie';
import { MemoryStores } from 'nestjs-aerie/testing';
import { LogTrap } from '../support/log-trap.js';
import { TestUsers } from '../support/test-users.js';
import { es256Key } from './es256.js';
import { startResourceApp } from './resource-app.js';

const { jwk, privateKey } = es256Key('k1');
const GOOD: ResourceServerOptions = {
  issuer: 'https://api.example.com',
  audience: 'https://orders.example.com',
  jwks: { keys: [jwk] },
  revocation: { mode: 'none' },
};
const client = { clientId: 'orders', secret: 'the secret of a service client' };

async function boot(...imports: unknown[]) {
  const module = await Test.createTestingModule({ imports: imports as never[] })
    .setLogger(false as never)
    .compile();
  const app = module.createNestApplication();
  try {
    await app.init();
    return app.get(ResolvedResourceServerOptions);
  } finally {
    await app.close();
  }
}
const bootError = (...imports: unknown[]): Promise<Error> =>
  boot(...imports).then(
    () => new Error('it booted'),
    (error: Error) => error,
  );
const withOptions = (change: object) => ResourceServerModule.forRoot({ ...GOOD, ...change });

@Injectable()
class OptionsFactory implements ResourceServerOptionsFactory {
  createResourceServerOptions = async () => GOOD;
}
@Module({ providers: [OptionsFactory], exports: [OptionsFactory] })
class FactoryModule {}

describe('ResourceServerModule boots', () => {
  it('with what is needed, and defaults for the rest', async () => {
    const { jwks: _, ...remote } = GOOD;
    // Nothing answers there: it starts all the same.
    const options = await boot(ResourceServerModule.forRoot({ ...remote, issuer: 'http://127.0.0.1:9' }));
    expect(options).toMatchObject({
      audience: ['https://orders.example.com'],
      jwksUri: 'http://127.0.0.1:9/.well-known/jwks.json',
      algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    });
    expect(Object.isFrozen(options)).toBe(true);
  });

  it.each<[string, object]>([
    ['useFactory', { useFactory: () => GOOD }],
    ['useClass', { useClass: OptionsFactory }],
    ['useExisting', { imports: [FactoryModule], useExisting: OptionsFactory }],
  ])('with options of %s', async (_, options) => {
    const found = await boot(ResourceServerModule.forRootAsync(options as never));
    expect(found.issuer).toBe(GOOD.issuer);
  });
});

describe('a mode of revocation', () => {
  it.each([
    ['none', { mode: 'none' }, 1],
    ['feed', { mode: 'feed', client, url: 'http://127.0.0.1:9', onUnavailable: 'refuse' }, 0],
  ])('says in one line that nothing is revoked: %s', async (_, revocation, lines) => {
    const log = new LogTrap();
    await startResourceApp({ log, options: { ...GOOD, revocation: revocation as never } });
    expect(log.lines.filter((line) => /"revocation\.mode" is "none"/.test(line))).toHaveLength(lines);
  });
});

describe('ResourceServerModule does not boot', () => {
  const feed = (change: object) => ({ revocation: { mode: 'feed', client, ...change } });
  const insecure = /^"(jwksUri|revocation\.url|revocation\.client\.tokenUrl)" must be an https URL/;
  const unshown =
    /^"(jwksUri|revocation\.client\.tokenUrl)" must be an https URL [^"]* \(got string, not shown\)$/;
  it.each<[string, object, RegExp]>([
    ['without issuer', { issuer: undefined }, /^"issuer" must be/],
    ['with an issuer that is no URL', { issuer: 'api.example.com' }, /^"issuer" must be/],
    ['without audience', { audience: undefined }, /^"audience" must be/],
    ['with an empty list of audiences', { audience: [] }, /^"audience" must be/],
    ['without a word on revocation', { revocation: undefined }, /^"revocation\.mode" must be one of "none"/],
    ['with another mode', { revocation: { mode: 'lookup' } }, /^"revocation\.mode" must be one of/],
    [
      'with mode none and more',
      { revocation: { mode: 'none', url: 'https://a.example' } },
      /^"revocation\.url"/,
    ],
    ['with keys over plain http', { jwks: undefined, jwksUri: 'http://api.example.com/keys' }, insecure],
    ['with an issuer over plain http', { jwks: undefined, issuer: 'http://api.example.com' }, insecure],
    ['with loopback look-alikes', { jwks: undefined, jwksUri: 'http://127.0.0.1.example.com/' }, insecure],
    ['with credentials in a URL', { jwks: undefined, jwksUri: 'https://a:b@api.example.com/' }, unshown],
    [
      'with credentials in that of tokens',
      feed({ client: { ...client, tokenUrl: 'https://a:b@a.example/' } }),
      unshown,
    ],
    ['with a feed over plain http', feed({ url: 'http://api.example.com/auth/revocations' }), insecure],
    [
      'with secrets over plain http',
      feed({ client: { ...client, tokenUrl: 'http://a.example/' } }),
      insecure,
    ],
    ['with a feed and no client', feed({ client: undefined }), /^"revocation\.client\.clientId" must be/],
    [
      'with a client without secret',
      feed({ client: { clientId: 'a' } }),
      /^"revocation\.client\.secret" must be/,
    ],
    [
      'with both of a client',
      feed({ client: { ...client, privateKey, alg: 'ES256' } }),
      /^"revocation\.client\.secret" must be left out/,
    ],
    [
      'with a key and no alg',
      feed({ client: { clientId: 'a', privateKey } }),
      /^"revocation\.client\.alg" must be/,
    ],
    [
      'with a wrong key',
      feed({ client: { clientId: 'a', privateKey: 'PEM', alg: 'ES256' } }),
      /^"revocation\.client\.privateKey" must be/,
    ],
    ['with onUnavailable lookup', feed({ onUnavailable: 'lookup' }), /^"revocation\.onUnavailable" must be/],
    [
      'with a shorter staleness than the interval',
      feed({ maxStaleness: '500ms' }),
      /^"revocation\.maxStaleness"/,
    ],
    ['with HS256', { algorithms: ['HS256'] }, /^"algorithms" must be a list of RS256/],
    ['with keys and their URL', { jwksUri: 'https://api.example.com/keys' }, /^"jwksUri" must be left out/],
    ['with no keys', { jwks: { keys: [] } }, /^"jwks" must be/],
    [
      'with a weak key',
      { jwks: { keys: [{ ...jwk, alg: 'EdDSA' }] } },
      /^"jwks\.keys\[0\]" must be an Ed25519 key/,
    ],
    ['with a key twice', { jwks: { keys: [jwk, jwk] } }, /^"jwks\.keys" must be keys of different kids/],
    [
      'with a private key',
      { jwks: { keys: [{ ...jwk, d: 'x' }] } },
      /^"jwks\.keys\[0\]" must be a public key/,
    ],
    [
      'with ages out of order',
      { keys: { cooldown: '10m', maxAge: '1m' } },
      /^"keys\.maxAge" must be at least/,
    ],
    ['with a bare number', { clockTolerance: 5 }, /^"clockTolerance" must be a duration/],
    ['with an unknown option', { audiences: 'a' }, /^"audiences" must be left out/],
    ['with globalGuard of another type', { globalGuard: 'yes' }, /^"globalGuard" must be true or false/],
  ])('%s', async (_, change, message) => {
    const found = await Promise.resolve()
      .then(() => bootError(withOptions(change)))
      .catch((thrown: Error) => thrown);
    expect(found).toBeInstanceOf(AuthConfigError);
    expect(found.message).toMatch(message);
    expect(found.message).not.toContain(client.secret);
  });

  it('as the bare class', async () => {
    expect((await bootError(ResourceServerModule)).message).toMatch(/forRoot/);
  });

  it('twice, nor beside AuthModule', async () => {
    const issuing = AuthModule.forRoot({
      users: TestUsers,
      stores: MemoryStores,
      secret: 'a secret of at least thirty-two bytes, for tests',
      issuer: 'https://api.example.com',
    });
    for (const imports of [
      [withOptions({}), withOptions({ audience: 'b' })],
      [withOptions({}), issuing],
    ])
      expect((await bootError(...imports)).message).toMatch(/registered once/);
  });

  it('with structural options in the wrong place', async () => {
    const useFactory = () => ({ ...GOOD, globalGuard: true }) as never;
    expect((await bootError(ResourceServerModule.forRootAsync({ useFactory }))).message).toMatch(
      /^"globalGuard"/,
    );
    expect(() => ResourceServerModule.forRootAsync({ useFactory, audience: 'a' } as never)).toThrow(
      /^"audience"/,
    );
    expect(() => ResourceServerModule.forRootAsync({} as never)).toThrow(/exactly one of/);
  });
});

describe('ServiceTokenClient', () => {
  const options = { ...client, tokenUrl: 'https://api.example.com/auth/token' };
  it.each<[object, RegExp]>([
    [{ tokenUrl: 'http://api.example.com/auth/token' }, /^"tokenUrl" must be an https URL/],
    [
      { tokenUrl: 'https://a:b@api.example.com/' },
      /^"tokenUrl" must be an https URL [^"]*\(got string, not shown\)$/,
    ],
    [{ clientId: '' }, /^"clientId" must be/],
    [{ secret: undefined }, /^"secret" must be/],
    [{ timeout: '2h' }, /^"timeout" must be/],
    [{ scope: 'a' }, /^"scope" must be left out/],
  ])('refuses %j', (change, message) => {
    expect(() => new ServiceTokenClient({ ...options, ...change } as never)).toThrow(message);
  });
});
