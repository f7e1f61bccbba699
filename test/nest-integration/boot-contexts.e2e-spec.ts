import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, Scope, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, type CustomTransportStrategy, Server } from '@nestjs/microservices';
import {
  AnyAuthGuard,
  AuthConfigError,
  Authenticator,
  AuthenticationService,
  CurrentUser,
  JwtAuthGuard,
  LocalAuthGuard,
  PasswordHasher,
  type Principal,
  RolesGuard,
  SameOriginGuard,
  ServiceAuthGuard,
  SessionAuthGuard,
  type Subject,
  UserDirectory,
} from 'nestjs-aerie';
import { serviceIssuer } from 'nestjs-aerie/service-tokens';
import { authMigrations } from 'nestjs-aerie/typeorm';
import { BELOW_THE_EDGE, startTestApp } from '../support/test-app.js';
import { TestUsers } from '../support/test-users.js';
import {
  authModule,
  bootApplication,
  bootError,
  connection,
  QuietLogger,
  rootModule,
} from './host-application.js';

const closing: { close(): Promise<void> }[] = [];
const closesAll = () =>
  afterEach(async () => {
    for (const app of closing.splice(0)) await app.close();
  });
function closeLater<T extends { close(): Promise<void> }>(app: T): T {
  closing.push(app);
  return app;
}

/** A transport that goes nowhere. */
class IdleServer extends Server implements CustomTransportStrategy {
  listen(callback: () => void): void {
    callback();
  }
  close(): void {}
  override on(): never {
    throw new Error('no events');
  }
  override unwrap<T>(): T {
    throw new Error('nothing inside');
  }
}

describe('applications without HTTP', () => {
  closesAll();

  it('a standalone context boots, and signs people in and out', async () => {
    const logger = new QuietLogger();
    const root = rootModule([connection(), authModule({ globalGuard: true })]);
    const context = closeLater(
      await NestFactory.createApplicationContext(root, { logger, abortOnError: false }),
    );
    await context.get(TestUsers).add('ada');
    const authentication = context.get(AuthenticationService);
    await authentication.signInWithPassword('ada', 'correct horse battery', { mode: 'tokens' });
    expect(await authentication.listSignIns('user-1')).toHaveLength(1);
    expect(await authentication.endAllSignIns('user-1')).toBe(1);
    expect([...logger.warnings, ...logger.errors]).toEqual([]);
  });

  it('a microservice boots', async () => {
    const logger = new QuietLogger();
    const root = rootModule([connection(), authModule({ globalGuard: true })]);
    const service = closeLater(
      await NestFactory.createMicroservice<MicroserviceOptions>(root, {
        strategy: new IdleServer(),
        logger,
        abortOnError: false,
      }),
    );
    await service.listen();
    await service.get(TestUsers).add('ada');
    const result = await service.get(AuthenticationService).signIn('user-1', { mode: 'session' });
    expect(result.principal.id).toBe('user-1');
    expect([...logger.warnings, ...logger.errors]).toEqual([]);
  });
});

describe('who can inject what', () => {
  closesAll();

  /** Needs nothing of AuthModule, which is out of its sight. */
  @Injectable()
  class LonelyUsers extends UserDirectory {
    async findSubject(): Promise<string | null> {
      return 'user-1';
    }
    async verifyPassword(): Promise<boolean> {
      return true;
    }
    async loadSubject(id: string): Promise<Subject | null> {
      return { id };
    }
  }

  @Module({ providers: [LonelyUsers], exports: [LonelyUsers] })
  class LonelyUsersModule {}
  const local = (options: Parameters<typeof authModule>[0] = {}) =>
    authModule({ isGlobal: false, imports: [LonelyUsersModule], users: LonelyUsers, ...options });

  @Controller()
  class GuardedController {
    @UseGuards(JwtAuthGuard, SessionAuthGuard, AnyAuthGuard, LocalAuthGuard, RolesGuard, SameOriginGuard)
    @Get('guarded')
    guarded() {
      return {};
    }
  }

  it('with isGlobal: false, the importing module has guards and services', async () => {
    const auth = local();
    const root = rootModule([connection(), auth], { controllers: [GuardedController] });
    const app = closeLater(await bootApplication(root));
    expect(app.get(AuthenticationService, { strict: false })).toBeInstanceOf(AuthenticationService);
  });

  it.each([JwtAuthGuard, SessionAuthGuard, AnyAuthGuard, ServiceAuthGuard, SameOriginGuard])(
    'with isGlobal: false, a module that uses a guard and does not import AuthModule is named: %p',
    async (guard) => {
      @UseGuards(guard)
      @Controller()
      class FeatureController {
        @Get('feature')
        feature() {
          return {};
        }
      }
      @Module({ controllers: [FeatureController] })
      class FeatureModule {}
      const features = guard === ServiceAuthGuard ? [serviceIssuer()] : [];
      const error = await bootError([
        connection({ migrations: authMigrations(features) }),
        local({ features }),
        FeatureModule,
      ]);
      expect(error).toBeInstanceOf(AuthConfigError);
      expect(error.message).toContain(guard.name);
      expect(error.message).toContain('FeatureModule');
      expect(error.message).toContain('must import AuthModule');
    },
  );

  it('a guard of a feature that is off is named, with the feature', async () => {
    @UseGuards(ServiceAuthGuard)
    @Controller()
    class FeatureController {}
    @Module({ controllers: [FeatureController] })
    class FeatureModule {}
    const error = await bootError([connection(), authModule(), FeatureModule]);
    expect(error).toBeInstanceOf(AuthConfigError);
    for (const word of [
      'ServiceAuthGuard in FeatureModule',
      'features: [serviceIssuer()]',
      'nestjs-aerie/service-tokens',
    ])
      expect(error.message).toContain(word);
  });

  it.each([JwtAuthGuard, LocalAuthGuard])(
    'without any AuthModule, so is a module that uses %p',
    async (guard) => {
      @UseGuards(guard)
      @Controller()
      class LonelyController {}
      @Module({ controllers: [LonelyController] })
      class LonelyModule {}
      const error = await bootError([LonelyModule]);
      expect(error).toBeInstanceOf(AuthConfigError);
      expect(error.message).toMatch(
        /LonelyModule.*must import AuthModule.*import AuthModule\.forRoot\(\.\.\.\) in the root module/s,
      );
      expect(error.message).not.toContain('ServiceAuthGuard');
    },
  );

  it('with isGlobal: false, a second import of the same object gives them', async () => {
    const auth = local();
    const feature = rootModule([auth], { controllers: [GuardedController] });
    closeLater(await bootApplication(rootModule([connection(), auth, feature])));
  });

  it('by default, every module has them', async () => {
    const feature = rootModule([], { controllers: [GuardedController] });
    closeLater(await bootApplication(rootModule([connection(), authModule(), feature])));
  });

  it('the users module that AuthModule imports can inject PasswordHasher', async () => {
    @Injectable()
    class Users extends TestUsers {
      constructor(readonly passwords: PasswordHasher) {
        super(passwords);
      }
    }
    @Module({ providers: [Users, { provide: TestUsers, useExisting: Users }], exports: [Users] })
    class UsersModule {}
    const app = closeLater(
      await bootApplication(rootModule([connection(), authModule({ imports: [UsersModule], users: Users })])),
    );
    const users = app.get(Users);
    expect(users.passwords).toBeInstanceOf(PasswordHasher);
    expect(users).toBeInstanceOf(UserDirectory);
    const hash = await users.passwords.hash('correct horse battery');
    expect(await users.passwords.verify(hash, 'correct horse battery')).toBe(true);
    expect(await users.passwords.verify(hash, 'wrong')).toBe(false);
  });

  it('a directory that no imported module provides stops the boot by its name', async () => {
    const imports = [LonelyUsersModule];
    const refused = bootApplication(rootModule([connection(), authModule({ imports })]));
    await expect(refused).rejects.toThrow('TestUsers');
  });

  it('a directory of request scope stops the boot: strategies and sweeps have no request', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class ScopedUsers extends LonelyUsers {}
    @Module({ providers: [ScopedUsers], exports: [ScopedUsers] })
    class ScopedUsersModule {}
    const auth = authModule({ imports: [ScopedUsersModule], users: ScopedUsers });
    const error = await bootError([connection(), auth]);
    expect(error).toBeInstanceOf(AuthConfigError);
    expect(error.message).toMatch(/"users".*request/s);
  });

  it('a directory without imports is a provider of AuthModule, and can inject PasswordHasher', async () => {
    const app = closeLater(await bootApplication(rootModule([connection(), authModule({ imports: [] })])));
    await app.get(TestUsers, { strict: false }).add('ada');
    const result = await app.get(AuthenticationService).signInWithPassword('ada', 'correct horse battery');
    expect(result.principal.id).toBe('user-1');
  });
});

describe.each(BELOW_THE_EDGE)('overrideProvider(Authenticator), on %s', (adapter) => {
  closesAll();

  const principal = Object.freeze({
    id: 'stand-in',
    roles: ['tester'],
    scopes: [],
    signInId: 'none',
    kind: 'tokens',
    authenticatedAt: new Date(0),
    methods: [],
  }) as unknown as Principal;
  const standIn = {
    cachedAccessToken: () => undefined,
    accessToken: async () => principal,
    session: async () => principal,
  };

  @Controller()
  class FeatureController {
    @UseGuards(JwtAuthGuard)
    @Get('feature')
    feature(@CurrentUser('id') id: string) {
      return { id };
    }

    @Get('plain')
    plain(@CurrentUser('id') id: string) {
      return { id };
    }
  }

  it('reaches guards of other modules and the global one', async () => {
    const app = closeLater(
      await startTestApp({
        adapter,
        options: { globalGuard: true },
        imports: [rootModule([], { controllers: [FeatureController] })],
        override: (builder) => builder.overrideProvider(Authenticator).useValue(standIn),
      }),
    );
    for (const path of ['/feature', '/plain']) {
      expect((await app.client().get(path, { bearer: 'anything' })).body).toEqual({ id: 'stand-in' });
      expect((await app.client().get(path)).status).toBe(401);
    }
  });
});
