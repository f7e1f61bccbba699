import { beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { ServiceClients, serviceIssuer } from 'nestjs-aerie/service-tokens';
import { MemoryStores } from 'nestjs-aerie/testing';
import { askToken, type Held, registered } from '../support/service-requests.js';
import { ISSUER, startTestApp, type TestApp } from '../support/test-app.js';
import { testConnection } from '../support/test-databases.js';
import { TestUsersModule } from '../support/test-users.js';
import { HOUR, MINUTE, timePasses } from '../support/time-passes.js';
import { ServiceClient } from '../support/service-tables.js';

@Module({
  providers: [{ provide: MemoryStores, useFactory: () => new MemoryStores() }],
  exports: [MemoryStores],
})
class MemoryModule {}

describe.each(['sqlite', 'memory'] as const)('service clients, on %s', (where) => {
  let app: TestApp;
  let clients: ServiceClients;
  beforeAll(async () => {
    const memory = { imports: [TestUsersModule, MemoryModule], stores: MemoryStores };
    app = await startTestApp({
      options: { features: [serviceIssuer()], ...(where === 'memory' && memory) },
      connection: {
        ...testConnection('sqlite'),
        ...(where === 'memory' && { migrations: [], migrationsRun: false }),
      } as TypeOrmModuleOptions,
    });
    clients = app.app.get(ServiceClients);
  });
  const common = { scopes: ['a'], audiences: [ISSUER] };
  const status = async (held: Held) => (await askToken(app, held)).status;

  it('are registered with a secret that is shown once', async () => {
    const { client, secret } = await clients.register({ id: 'a', label: 'The A', ...common });
    expect(secret).toMatch(/^cs1_[\w-]{43}$/);
    expect(client).toEqual({
      id: 'a',
      label: 'The A',
      scopes: ['a'],
      audiences: [ISSUER],
      grants: ['client_credentials'],
      resource: null,
      jwks: null,
      disabledAt: null,
      createdAt: expect.any(Date),
      formerSecretUntil: null,
    });
    expect(await clients.find('a')).toEqual(client);
    expect(JSON.stringify(await clients.list())).not.toContain(secret);
    if (where === 'sqlite') {
      const rows = await app.source.getRepository(ServiceClient).find();
      expect(JSON.stringify(rows)).not.toContain(secret!.slice(4));
    }
  });

  it('are registered once, by one id', async () => {
    const held = await registered(app, { id: 'once', ...common });
    await expect(clients.register({ id: 'once', ...common })).rejects.toThrow(
      '"id" must be new, and no registered client may have it (got "once")',
    );
    expect(await status(held)).toBe(200);
  });

  it('may bring a secret of their own', async () => {
    const secret = 's'.repeat(20) + ' %:+é='.repeat(3);
    expect((await clients.register({ id: 'own', ...common, secret })).secret).toBe(secret);
    expect(await status({ id: 'own', secret })).toBe(200);
  });

  it.each<[string, object]>([
    ['id', { id: 'a b' }],
    ['id', { id: '' }],
    ['id', { id: 'x'.repeat(65) }],
    ['id', { id: 'client:x' }],
    ['secret', { secret: 'short' }],
    ['secret', { secret: 'x'.repeat(256) }],
    ['scopes', { scopes: ['a b'] }],
    ['scopes', { scopes: ['a', 'a'] }],
    ['scopes', { scopes: undefined }],
    ['audiences', { audiences: [] }],
    ['audiences', { audiences: ['a b'] }],
    ['audiences', { audiences: undefined }],
    ['grants', { grants: ['password'] }],
    ['grants', { grants: [] }],
    ['resource', { resource: '' }],
    ['label', { label: 'x'.repeat(101) }],
    ['colour', { colour: 'red' }],
  ])('are refused for a wrong %s', async (name, wrong) => {
    await expect(clients.register({ id: 'wrong', ...common, ...wrong } as never)).rejects.toMatchObject({
      code: 'AUTH_CONFIG_INVALID',
      message: expect.stringMatching(new RegExp(`^"${name}" must be`)),
    });
    expect(await clients.find('wrong')).toBeNull();
  });

  it('get new secrets: the former ends at once, or in its time', async () => {
    const first = await registered(app, { id: 'rolls', ...common });
    const second = {
      id: 'rolls',
      secret: (await clients.rotateSecret('rolls', { keepFormerFor: '1h' }))!.secret,
    };
    expect(await Promise.all([first, second].map(status))).toEqual([200, 200]);
    if (where === 'sqlite') {
      await timePasses(app, HOUR - MINUTE);
      expect(await status(first)).toBe(200);
      await timePasses(app, 2 * MINUTE);
      expect(await Promise.all([first, second].map(status))).toEqual([401, 200]);
    }
    const third = { id: 'rolls', secret: (await clients.rotateSecret('rolls'))!.secret };
    expect(await Promise.all([first, second, third].map(status))).toEqual([401, 401, 200]);
  });

  it('are refused while disabled, and once they are removed', async () => {
    const held = await registered(app, { id: 'leaves', ...common });
    expect((await clients.disable('leaves'))!.disabledAt).toEqual(expect.any(Date));
    expect(await status(held)).toBe(401);
    expect((await clients.enable('leaves'))!.disabledAt).toBeNull();
    expect(await status(held)).toBe(200);
    expect([await clients.remove('leaves'), await clients.remove('leaves')]).toEqual([true, false]);
    expect(await status(held)).toBe(401);
    expect(app.events.filter(({ type }) => type === 'client_changed').slice(-4)).toEqual(
      ['registered', 'disabled', 'enabled', 'removed'].map((change) => ({
        type: 'client_changed',
        clientId: 'leaves',
        change,
      })),
    );
  });

  it('that are not there are null, for every id', async () => {
    for (const id of ['nobody', "x' or 1=1", '', '\0']) {
      expect(await clients.find(id)).toBeNull();
      expect(await clients.update(id, { scopes: [] })).toBeNull();
      expect(await clients.rotateSecret(id)).toBeNull();
      expect(await clients.disable(id)).toBeNull();
      expect(await clients.enable(id)).toBeNull();
      expect(await clients.remove(id)).toBe(false);
    }
  });
});
