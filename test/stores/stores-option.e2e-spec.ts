/** How stores of a host's own come into the module: by `stores`, or, in a test of an application, in place of ours. */
import { describe, expect, it } from '@jest/globals';
import {
  Global,
  Injectable,
  Module,
  type OnModuleDestroy,
  type OnModuleInit,
  Scope,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { getDataSourceToken } from '@nestjs/typeorm';
import { AuthConfigError, AuthModule, AuthenticationService, UserDirectory } from 'nestjs-aerie';
import { RefreshTokenFamily } from 'nestjs-aerie/typeorm';
import { AuthStores } from 'nestjs-aerie/stores';
import { MemoryStores } from 'nestjs-aerie/testing';
import type { DataSource } from 'typeorm';
import {
  authModule,
  bootApplication,
  bootError,
  connection,
  QuietLogger,
  rootModule,
  RUNTIME,
} from '../nest-integration/host-application.js';
import { IS_NEST_11 } from '../support/nest-version.js';
import { ADAPTERS } from '../support/test-app.js';
import { TestUsers } from '../support/test-users.js';

/** What a host's stores are made from. */
@Injectable()
class Pool {
  open = true;
}

@Injectable()
class OwnStores extends MemoryStores implements OnModuleDestroy {
  static made = 0;
  closed = 0;

  constructor(readonly pool: Pool) {
    super();
    OwnStores.made += 1;
  }

  onModuleDestroy(): void {
    this.closed += 1;
    this.pool.open = false;
  }
}

@Module({ providers: [TestUsers, Pool, OwnStores], exports: [TestUsers, OwnStores] })
class HostModule {}

const host = { imports: [HostModule], users: TestUsers, stores: OwnStores };

describe('stores of an imported module', () => {
  it.each([
    ['forRoot', () => AuthModule.forRoot({ ...RUNTIME, ...host })],
    ['forRootAsync', () => AuthModule.forRootAsync({ ...host, useFactory: () => RUNTIME })],
    [
      'forRootAsync, not global',
      () => AuthModule.forRootAsync({ ...host, isGlobal: false, useFactory: () => RUNTIME }),
    ],
  ])('are used by %s, are made once, and closed once', async (_how, auth) => {
    OwnStores.made = 0;
    // A module that is not global must hand its hasher on to the directory.
    @Global()
    @Module({ imports: [auth()], exports: [AuthModule] })
    class HandingOnModule {}
    const app = await bootApplication(rootModule([HandingOnModule]));
    const stores = app.get(OwnStores, { strict: false });
    const users = app.get<TestUsers>(UserDirectory, { strict: false });
    await users.add('ada');
    const authentication = app.get(AuthenticationService, { strict: false });
    const { principal } = await authentication.signInWithPassword('ada', 'correct horse battery');
    expect((await stores.sessions.read(principal.signInId))?.row.subject).toBe('user-1');
    expect([OwnStores.made, stores.closed]).toEqual([1, 0]);
    await app.close();
    expect([stores.closed, stores.pool.open]).toEqual([1, false]);
  });

  it('leave the entities out of the connections of the host', async () => {
    const app = await bootApplication(
      rootModule([
        connection({ migrations: [], migrationsRun: false }),
        AuthModule.forRoot({ ...RUNTIME, ...host }),
      ]),
    );
    const source = app.get<DataSource>(getDataSourceToken());
    expect(source.hasMetadata(RefreshTokenFamily)).toBe(false);
    await app.close();
  });
});

describe('stores that are not ready', () => {
  @Injectable()
  class UnmigratedStores extends MemoryStores {
    constructor() {
      super();
    }
    override async missing() {
      return ['the table family must exist: run migrate.sql'];
    }
  }
  const auth = () => authModule({ imports: [], stores: UnmigratedStores });

  it.each(ADAPTERS)('stop the boot of a server, and say why, on %s', async (adapter) => {
    const error = await bootError([auth()], adapter);
    expect(error).toBeInstanceOf(AuthConfigError);
    expect(error.message).toContain('run migrate.sql');
  });

  it('only make a standalone context warn', async () => {
    const logger = new QuietLogger();
    const context = await NestFactory.createApplicationContext(rootModule([auth()]), {
      logger,
      abortOnError: false,
    });
    expect(logger.warnings.filter((text) => text.includes('run migrate.sql'))).toHaveLength(1);
    await context.close();
  });
});

type WrongStores = [name: string, options: object, words: readonly string[]];
const TRANSIENT: WrongStores = [
  'stores of transient scope',
  { stores: inScope(Scope.TRANSIENT) },
  ['"stores"', 'transient scope'],
];
describe.each<WrongStores>([
  ['stores that are no class', { stores: new MemoryStores() }, ['"stores"', 'extends AuthStores', 'object']],
  [
    'a set with stores left out',
    { stores: without(['lookup', 'families']) },
    ['"stores"', 'families, lookup'],
  ],
  [
    'a set with a store that is none',
    { stores: without(['sessions'], {}) },
    ['"stores"', 'none for sessions'],
  ],
  ['stores of request scope', { stores: inScope(Scope.REQUEST) }, ['"stores"', 'request scope']],
  // Nest 11 makes one instance for the name under which we have it.
  ...(IS_NEST_11 ? [] : [TRANSIENT]),
  ['a class of something else', { stores: TestUsers }, ['"stores"', 'extends AuthStores', 'TestUsers']],
  ['stores that are undefined', { stores: undefined }, ['"stores"', 'circular import']],
])('%s', (_what, options, words) => {
  it.each([
    ['forRoot', () => authModule({ imports: [], ...options })],
    [
      'forRootAsync',
      () => {
        const { stores, ...runtime } = options as Record<string, unknown>;
        const structure = { users: TestUsers, stores };
        return AuthModule.forRootAsync({
          ...structure,
          useFactory: () => ({ ...RUNTIME, ...runtime }),
        } as never);
      },
    ],
  ])('stops the boot, and is named: %s', async (_how, auth) => {
    const error = await bootError(() => [auth()]);
    expect(error).toBeInstanceOf(AuthConfigError);
    for (const word of words) expect(error.message).toContain(word);
  });
});

describe('a test of an application that has a database', () => {
  it('replaces AuthStores, and needs none', async () => {
    const module = await Test.createTestingModule({ imports: [authModule()] })
      .overrideProvider(AuthStores)
      .useValue(new MemoryStores())
      .compile();
    await module.get(TestUsers).add('ada');
    const authentication = module.get(AuthenticationService);
    const result = await authentication.signInWithPassword('ada', 'correct horse battery', {
      mode: 'tokens',
    });
    expect(await authentication.listSignIns('user-1')).toHaveLength(1);
    expect(result.mode).toBe('tokens');
    await module.close();
  });

  it('may give the stores a clock', async () => {
    const clock = { at: Date.UTC(2030, 0, 1), now: () => clock.at };
    const stores = new MemoryStores(clock);
    const module = await Test.createTestingModule({ imports: [authModule()] })
      .overrideProvider(AuthStores)
      .useValue(stores)
      .compile();
    await module.get(TestUsers).add('ada');
    const authentication = module.get(AuthenticationService);
    const { principal } = await authentication.signIn('user-1', { mode: 'session' });
    expect((await authentication.listSignIns('user-1'))[0]).toMatchObject({
      id: principal.signInId,
      createdAt: clock.at,
    });
    clock.at += 13 * 60 * 60_000;
    expect(await authentication.listSignIns('user-1')).toEqual([]);
    expect((await authentication.sweep()).sessions).toBe(1);
    await module.close();
  });
});

describe('stores that come by their lookup late', () => {
  it('stop the boot: a lookup that is not there is never taken for one that is not asked', async () => {
    @Injectable()
    class LateStores extends MemoryStores implements OnModuleInit {
      private readonly late = this.lookup;
      constructor() {
        super();
        Object.assign(this, { lookup: undefined });
      }
      onModuleInit(): void {
        Object.assign(this, { lookup: this.late });
      }
    }
    @Global()
    @Module({ providers: [TestUsers, LateStores], exports: [TestUsers, LateStores] })
    class LateModule {}
    const auth = { ...RUNTIME, imports: [LateModule], users: TestUsers, stores: LateStores, isGlobal: false };
    @Global()
    @Module({ imports: [AuthModule.forRoot(auth)], exports: [AuthModule] })
    class HandingOnModule {}
    const error = await bootError([HandingOnModule]);
    expect(error).toBeInstanceOf(AuthConfigError);
    expect(error.message).toContain('none for lookup');
  });

  it('stop a test of an application, also one that is never initialised', async () => {
    const stores = Object.assign(new MemoryStores(), { lookup: undefined });
    const compiled = Test.createTestingModule({ imports: [authModule()] })
      .overrideProvider(AuthStores)
      .useValue(stores)
      .compile();
    await expect(compiled).rejects.toThrow('none for lookup');
  });
});

describe('stores that break the contract', () => {
  it.each(ADAPTERS)('fail as an outage, and show no client what they threw, on %s', async (adapter) => {
    const logger = new QuietLogger();
    @Injectable()
    class BrokenStores extends MemoryStores {
      constructor() {
        super();
      }
    }
    const app = await bootApplication(
      rootModule([authModule({ imports: [], stores: BrokenStores, revocation: { mode: 'lookup' } })]),
      adapter,
      logger,
    );
    await app.listen(0, '127.0.0.1');
    const url = `${await app.getUrl()}/auth/me`;
    await app.get<TestUsers>(UserDirectory, { strict: false }).add('ada');
    const authentication = app.get(AuthenticationService, { strict: false });
    const result = await authentication.signIn('user-1', { mode: 'tokens' });
    const headers = { authorization: `Bearer ${'accessToken' in result ? result.accessToken : ''}` };
    const { lookup } = app.get(BrokenStores, { strict: false });
    const answering = async (find: () => Promise<unknown>): Promise<number> => {
      Object.assign(lookup, { find });
      return (await fetch(url, { headers })).status;
    };
    expect((await fetch(url, { headers })).status).toBe(200);
    expect(await answering(() => Promise.reject(new Error('no way to postgres://u:hunter2@db')))).toBe(503);
    expect(logger.errors.join()).not.toContain('hunter2');
    for (const standing of [
      { live: true },
      { live: true, subjectEpochNow: 1, globalEpochNow: Number.NaN },
      { live: true, subjectEpochNow: undefined, globalEpochNow: 0 },
      { live: 'yes', subjectEpochNow: 1, globalEpochNow: 0 },
    ]) {
      expect(await answering(async () => ({ ...standing, revokedTokens: [] }))).toBe(401);
      // It may admit revoked tokens, or not have been written for this version.
      expect(await answering(async () => standing)).toBe(503);
    }
    await app.close();
  });
});

function without(ports: readonly string[], instead?: object): Type<MemoryStores> {
  @Injectable()
  class FewStores extends MemoryStores {
    constructor() {
      super();
      for (const port of ports) Object.assign(this, { [port]: instead });
    }
  }
  return FewStores;
}

function inScope(scope: Scope): Type<MemoryStores> {
  @Injectable({ scope })
  class ScopedStores extends MemoryStores {
    constructor() {
      super();
    }
  }
  return ScopedStores;
}
