/** Classes of the host that need what needs them: such a circle must work, or say what it is; a boot never ends in silence. */
import { describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { AuthenticationService, AuthModule, PasswordHasher, type UserDirectory } from 'nestjs-aerie';
import { AuthStores } from 'nestjs-aerie/stores';
import { MemoryStores } from 'nestjs-aerie/testing';
import { ResourceAuthenticator, ResourceServerModule } from 'nestjs-aerie/resource-server';
import { typeOrmStores } from 'nestjs-aerie/typeorm';
import { bootApplication, connection, rootModule, RUNTIME, STRUCTURE } from './host-application.js';

@Injectable()
class Accounts implements UserDirectory {
  private hash: string | undefined;

  constructor(
    private readonly hasher: PasswordHasher,
    readonly authentication: AuthenticationService,
  ) {}

  findSubject = async (name: string) => (name === 'ada' ? 'ada' : null);
  loadSubject = async (id: string) => ({ id });

  async verifyPassword(_id: string, password: string) {
    this.hash ??= await this.hasher.hash('correct horse');
    return this.hasher.verify(this.hash, password);
  }

  disable = (id: string) => this.authentication.userDisabled(id);
}

@Module({ providers: [Accounts], exports: [Accounts] })
class AccountsModule {}

/** What came of a boot, which must come to an end. */
async function booted(root: Parameters<typeof bootApplication>[0]) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the boot has come to no end')), 20_000);
  });
  try {
    return await Promise.race([bootApplication(root), late]);
  } finally {
    clearTimeout(timer);
  }
}

describe('a user directory that injects AuthenticationService', () => {
  it.each([
    ['in a module of its own', () => ({ imports: [AccountsModule], users: Accounts })],
    ['as a provider of AuthModule', () => ({ imports: [], users: Accounts })],
  ])('%s boots, signs in and ends sign-ins', async (_where, structure) => {
    const app = await booted(
      rootModule([
        connection(),
        AuthModule.forRoot({ ...RUNTIME, stores: typeOrmStores(), ...structure() } as never),
      ]),
    );
    try {
      const authentication = app.get(AuthenticationService);
      await authentication.signInWithPassword('ada', 'correct horse');
      expect(await app.get(Accounts, { strict: false }).disable('ada')).toBe(1);
    } finally {
      await app.close();
    }
  });
});

describe('a circle that cannot be', () => {
  @Injectable()
  class NeedsAuthentication {
    constructor(readonly authentication: AuthenticationService) {}
  }
  @Module({ providers: [NeedsAuthentication], exports: [NeedsAuthentication] })
  class NeedingModule {}

  @Injectable()
  class Stores extends MemoryStores {
    constructor(readonly authentication: AuthenticationService) {
      super();
    }
  }
  @Module({ providers: [Stores], exports: [Stores] })
  class StoresModule {}

  @Injectable()
  class NeedsAuthenticator {
    constructor(readonly authenticator: ResourceAuthenticator) {}
  }
  @Module({ providers: [NeedsAuthenticator], exports: [NeedsAuthenticator] })
  class NeedingAuthenticatorModule {}

  it.each([
    [
      'of options',
      () =>
        AuthModule.forRootAsync({
          ...STRUCTURE,
          imports: [...STRUCTURE.imports!, NeedingModule],
          inject: [NeedsAuthentication],
          useFactory: () => RUNTIME,
        } as never),
    ],
    [
      'of stores',
      () =>
        AuthModule.forRoot({
          ...RUNTIME,
          ...STRUCTURE,
          imports: [...STRUCTURE.imports!, StoresModule],
          stores: Stores as unknown as new () => AuthStores,
        } as never),
    ],
    [
      'of the options of a resource server',
      () =>
        ResourceServerModule.forRootAsync({
          imports: [NeedingAuthenticatorModule],
          inject: [NeedsAuthenticator],
          useFactory: () => ({ issuer: 'https://issuer.example.com' }),
        } as never),
    ],
  ])('%s stops the boot with an error', async (_what, module) => {
    const error = await booted(rootModule([connection(), module()])).then(
      async (app) => (await app.close(), new Error('booted')),
      (thrown: Error) => thrown,
    );
    // Nest's own error or ours, whichever comes first.
    expect(error.message).toMatch(/circ/i);
  });
});
