import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, UseGuards } from '@nestjs/common';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { MaxStaleness, ServiceAuthGuard } from 'nestjs-aerie';
import { AuthStores } from 'nestjs-aerie/stores';
import { MemoryStores } from 'nestjs-aerie/testing';
import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import { askToken, basic, postForm, registered, serviceToken } from '../support/service-requests.js';
import { refresh, signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, ISSUER, startTestApp } from '../support/test-app.js';
import { testConnection } from '../support/test-databases.js';
import { TestUsersModule } from '../support/test-users.js';
import { SERVICE_CLIENT_STORE } from '../../libs/auth/src/features/service-issuer/clients/service-client-feature-store.js';

/** The application's own tables are in it, and none of ours. */
const WITHOUT_TABLES = {
  ...testConnection('sqlite'),
  migrations: [],
  migrationsRun: false,
} as TypeOrmModuleOptions;

/** Stores in memory whose calls fail when a test says so. */
@Injectable()
class FailingStores extends MemoryStores {
  failing = false;
  constructor() {
    super();
    this.sessions.revoke = this.failingWhenTold(this.sessions.revoke.bind(this.sessions));
    this.families.revoke = this.failingWhenTold(this.families.revoke.bind(this.families));
    const clients = this.of(SERVICE_CLIENT_STORE);
    for (const method of ['find', 'status', 'revokeToken', 'spend'] as const) {
      const original = clients[method].bind(clients) as (...args: never[]) => Promise<never>;
      (clients as unknown as Record<string, unknown>)[method] = this.failingWhenTold(original, method);
    }
  }
  only: string | null = null;
  private failingWhenTold<A extends never[], T>(call: (...args: A) => Promise<T>, name = 'revoke') {
    return async (...args: A): Promise<T> => {
      if (this.failing && (this.only === null || this.only === name)) throw new Error('the store is away');
      return call(...args);
    };
  }
}

@Module({ providers: [FailingStores], exports: [FailingStores] })
class FailingStoresModule {}

@Controller('internal')
@UseGuards(ServiceAuthGuard)
class InternalController {
  @Get()
  any() {
    return {};
  }
  @Get('now')
  @MaxStaleness('0s')
  now() {
    return {};
  }
}

describe.each(BELOW_THE_EDGE)('services while the store is away, on %s', (adapter) => {
  const started = async () => {
    const app = await startTestApp({
      adapter,
      connection: WITHOUT_TABLES,
      controllers: [InternalController],
      options: {
        features: [serviceIssuer()],
        imports: [TestUsersModule, FailingStoresModule],
        stores: FailingStores,
      },
    });
    await app.users.add('ada');
    const stores = app.app.get<FailingStores>(AuthStores);
    const client = await registered(app, { id: 'a', scopes: [], audiences: [ISSUER], resource: ISSUER });
    return { app, stores, client };
  };
  const unavailable = (answer: { status: number; headers: Headers; body: any }) => {
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(answer.body).toMatchObject({ code: 'AUTH_STORE_UNAVAILABLE' });
  };

  it('every route is 503, and no client is refused for good', async () => {
    const { app, stores, client } = await started();
    const token = await serviceToken(app, client);
    stores.failing = true;
    unavailable(await askToken(app, client));
    unavailable(await postForm(app, 'introspect', { token }, basic(client)));
    unavailable(await postForm(app, 'revoke', { token }, basic(client)));
    unavailable(await app.client().get('/internal/now', { bearer: token }));
    // The feed knows, without the table.
    expect((await app.client().get('/internal', { bearer: token })).status).toBe(200);
    expect(app.events.filter(({ type }) => type === 'client_refused')).toEqual([]);
    stores.failing = false;
    expect((await app.client().get('/internal/now', { bearer: token })).status).toBe(200);
    await app.close();
  });

  it('a revocation claims nothing that was not done', async () => {
    const { app, stores, client } = await started();
    const token = await serviceToken(app, client);
    const { body } = await signIn(app, 'tokens');
    stores.failing = true;
    stores.only = 'revokeToken';
    unavailable(await postForm(app, 'revoke', { token }, basic(client)));
    stores.only = 'revoke';
    unavailable(await postForm(app, 'revoke', { token: body.refresh_token }, basic(client)));
    unavailable(await postForm(app, 'revoke', { token: body.access_token }, basic(client)));
    stores.failing = false;
    expect((await app.client().get('/internal/now', { bearer: token })).status).toBe(200);
    expect((await refresh(app, body.refresh_token)).status).toBe(200);
    await postForm(app, 'revoke', { token }, basic(client));
    expect((await app.client().get('/internal/now', { bearer: token })).status).toBe(401);
    await app.close();
  });
});

it('stores without a place for clients stop the boot', async () => {
  class WithoutClients extends MemoryStores {
    override of() {
      return null as never;
    }
  }
  @Module({
    providers: [{ provide: WithoutClients, useFactory: () => new WithoutClients() }],
    exports: [WithoutClients],
  })
  class WithoutClientsModule {}
  const options = {
    features: [serviceIssuer()],
    imports: [TestUsersModule, WithoutClientsModule],
    stores: WithoutClients,
  };
  await expect(startTestApp({ options, connection: WITHOUT_TABLES })).rejects.toMatchObject({
    code: 'AUTH_CONFIG_INVALID',
    message: expect.stringMatching(/"stores".*ServiceClientStore.*"service-issuer"/),
  });
});
