import { describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import {
  AuthConfigError,
  AuthenticationService,
  AuthModule,
  type AuthModuleOptionsFactory,
  type AuthOptions,
  ResolvedAuthOptions,
  UserDirectory,
} from 'nestjs-aerie';
import { TestUsers } from '../support/test-users.js';
import {
  authModule,
  bootApplication,
  bootError,
  connection,
  rootModule,
  RUNTIME,
  STRUCTURE,
} from './host-application.js';

@Injectable()
class Settings {
  readonly issuer = 'https://settings.example.com';
}

@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

@Injectable()
class OptionsFactory implements AuthModuleOptionsFactory {
  constructor(private readonly settings: Settings) {}

  async createAuthOptions(): Promise<AuthOptions> {
    return { ...RUNTIME, issuer: this.settings.issuer };
  }
}

@Module({ imports: [SettingsModule], providers: [OptionsFactory], exports: [OptionsFactory] })
class FactoryModule {}

const beside = { ...STRUCTURE, imports: [...STRUCTURE.imports!, SettingsModule] };
const useFactory = () => RUNTIME;

/** forRootAsync as JavaScript, or a cast, would call it. */
const asyncly = (options: object) => () => [connection(), AuthModule.forRootAsync(options as never)];
const plainly = (options: object) => () => [connection(), authModule(options)];

describe('forRootAsync', () => {
  it.each([
    [
      'useFactory with inject',
      {
        ...beside,
        inject: [Settings],
        useFactory: ({ issuer }: Settings): AuthOptions => ({ ...RUNTIME, issuer }),
      },
    ],
    ['useClass', { ...beside, useClass: OptionsFactory }],
    [
      'useExisting',
      { ...beside, imports: [...STRUCTURE.imports!, FactoryModule], useExisting: OptionsFactory },
    ],
  ])('boots with %s, and signs in', async (_what, options) => {
    const app = await bootApplication(rootModule([connection(), AuthModule.forRootAsync(options as never)]));
    try {
      await app.get(TestUsers).add('ada');
      expect(app.get(ResolvedAuthOptions).issuer).toBe('https://settings.example.com');
      const result = await app.get(AuthenticationService).signInWithPassword('ada', 'correct horse battery');
      expect(result.principal.id).toBe('user-1');
    } finally {
      await app.close();
    }
  });

  it('uses the directory of the imported module, and makes no second one', async () => {
    let made = 0;
    @Injectable()
    class Counted {
      constructor() {
        made += 1;
      }
      async passwordHashOf(): Promise<null> {
        return null;
      }
    }
    @Module({ providers: [{ provide: TestUsers, useClass: Counted }], exports: [TestUsers] })
    class CountedModule {}
    const auth = AuthModule.forRootAsync({ ...STRUCTURE, imports: [CountedModule], useFactory });
    const app = await bootApplication(rootModule([connection(), auth]));
    const used: unknown = app.get(UserDirectory, { strict: false });
    await app.close();
    expect(used).toBeInstanceOf(Counted);
    expect(made).toBe(1);
  });

  it('follows structural options beside the factory', async () => {
    const root = rootModule([
      connection(),
      AuthModule.forRootAsync({ ...STRUCTURE, routes: false, useFactory }),
    ]);
    const app = await bootApplication(root);
    const routes: unknown[] = [];
    const { router } = app.getHttpAdapter().getInstance() as { router: { stack: { route?: unknown }[] } };
    for (const layer of router.stack) if (layer.route) routes.push(layer.route);
    await app.close();
    expect(routes).toEqual([]);
  });
});

describe.each<[string, () => Parameters<typeof bootError>[0], readonly string[]]>([
  ['the bare module', () => [connection(), AuthModule], ['AuthModule.forRoot(...)', 'bare class']],
  [
    'two registrations',
    () => [connection(), authModule(), authModule({ routes: { path: 'other' } })],
    ['once', '2 registrations'],
  ],
  [
    'a registration, and the bare module in another module',
    () => [connection(), authModule(), rootModule([AuthModule])],
    ['once', '2 registrations'],
  ],
  ['a misspelt key', () => plainly({ isGlobl: true }), ['"isGlobl"', 'no such option']],
  ['an unknown nested key', () => plainly({ sessions: { idel: '5m' } }), ['"sessions.idel"']],
  ['users left out', () => plainly({ users: undefined }), ['"users"', 'UserDirectory', 'circular import']],
  ['users that are no class', () => plainly({ users: {} }), ['"users"', 'object']],
  ['a number for a duration', () => plainly({ accessTokens: { lifetime: 15 } }), ['"accessTokens.lifetime"']],
  ['no secret', () => plainly({ secret: undefined }), ['"secret"', '32 bytes', 'undefined']],
  ['a short secret', () => plainly({ secret: 'hunter2' }), ['"secret"', 'not shown']],
  ['an issuer that is no URL', () => plainly({ issuer: 'me' }), ['"issuer"', '"me"']],
  [
    'no stores',
    () => plainly({ stores: undefined }),
    ['"stores"', 'typeOrmStores()', 'nestjs-aerie/typeorm'],
  ],
  ['routes: true', () => plainly({ routes: true }), ['"routes"', 'false or { path }']],
  ['a path with a parameter', () => plainly({ routes: { path: 'auth/:tenant' } }), ['"routes"', ':tenant']],
  ['an empty path', () => plainly({ routes: { path: '' } }), ['"routes"']],
  ['routes with another key', () => plainly({ routes: { path: 'a', prefix: 'b' } }), ['"routes"', 'prefix']],
  ['isGlobal as text', () => plainly({ isGlobal: 'false' }), ['"isGlobal"', 'string']],
  ['globalGuard as text', () => plainly({ globalGuard: 'no' }), ['"globalGuard"', 'string']],
  [
    'no source of the options',
    () => asyncly(STRUCTURE),
    ['useFactory', 'useClass', 'useExisting', 'got none'],
  ],
  ['nothing at all', () => asyncly({}), ['exactly one of']],
  [
    'two sources of the options',
    () => asyncly({ ...STRUCTURE, useFactory, useClass: OptionsFactory }),
    ['exactly one of', 'got useFactory, useClass'],
  ],
  ['a typo beside the factory', () => asyncly({ ...STRUCTURE, useFactory, isGlobl: true }), ['"isGlobl"']],
  [
    'a runtime option beside the factory',
    () => asyncly({ ...STRUCTURE, useFactory, secret: RUNTIME.secret }),
    ['"secret"', 'returned by the factory'],
  ],
  [
    'a structural option from the factory',
    () => asyncly({ ...STRUCTURE, useFactory: () => ({ ...RUNTIME, globalGuard: true }) }),
    ['"globalGuard"', 'beside the factory'],
  ],
  [
    'a factory that returns nothing',
    () => asyncly({ ...STRUCTURE, useFactory: () => undefined }),
    ['"secret"', 'undefined'],
  ],
  [
    'a factory that returns null',
    () => asyncly({ ...STRUCTURE, useFactory: () => null }),
    ['"options"', 'an object', 'null'],
  ],
  ['users left out beside a factory', () => asyncly({ useFactory }), ['"users"', 'UserDirectory']],
])('%s', (what, imports, words) => {
  it('stops the boot, and is named', async () => {
    const error = await bootError(imports());
    expect(error).toBeInstanceOf(AuthConfigError);
    for (const word of words) expect(error.message).toContain(word);
    if (what.includes('secret')) expect(error.message).not.toContain('hunter2');
  });
});
