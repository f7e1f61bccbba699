import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { AuthenticationService } from 'nestjs-aerie';
import { RefreshTokenFamily, Revocation, Session } from 'nestjs-aerie/typeorm';
import { AuthStores } from 'nestjs-aerie/stores';
import type { EntityTarget, ObjectLiteral } from 'typeorm';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { authModule, connection, QuietLogger, rootModule } from './host-application.js';
import { cookieOf } from './credentials.js';

/** A promise that a test settles. */
function held<T>() {
  let release!: (value: T) => void;
  const promise = new Promise<T>((resolve) => (release = resolve));
  return { promise, release };
}

/** What keeps this process alive, by kind; jobs of this very moment aside. */
function kinds(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => kind !== 'Immediate');
}

/** Gives sockets that are on their way out the turns they need. */
async function settlesAt(most: number): Promise<string[]> {
  for (let turn = 0; turn < 2_000 && kinds().length > most; turn++)
    await new Promise((resolve) => setImmediate(resolve));
  return kinds();
}

/** What a promise has come to when everything else that is ready has run. */
async function standing(promise: Promise<unknown>): Promise<'settled' | 'waiting'> {
  const settled = promise.then(() => 'settled' as const);
  const turns = (async () => {
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    return 'waiting' as const;
  })();
  return Promise.race([settled, turns]);
}

describe.each(ADAPTERS)('closing an application, on %s', (adapter) => {
  it('waits for an activity that is being written, then leaves nothing open', async () => {
    const before = kinds();
    const app = await startTestApp({ adapter, options: { sessions: { touchInterval: '0s' } } });
    await app.users.add('ada');
    const { sessions } = app.app.get(AuthStores, { strict: false });
    const writing = held<void>();
    let writes = 0;
    sessions.touch = () => {
      writes += 1;
      return writing.promise;
    };
    const cookie = await cookieOf(app, 'user-1');
    // Not fetch, whose own connections stay open for a while.
    const agentless = await import('node:http');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      agentless
        .get(`${app.url}/auth/me`, { headers: { cookie }, agent: false }, (response) => {
          response.resume().once('end', () => resolve(response.statusCode));
        })
        .once('error', reject);
    });
    expect([status, writes]).toEqual([200, 1]);
    const closing = app.close();
    expect(await standing(closing)).toBe('waiting');
    expect(app.source.isInitialized).toBe(true);
    writing.release();
    await closing;
    expect(app.source.isInitialized).toBe(false);
    expect((await settlesAt(before.length)).length).toBeLessThanOrEqual(before.length);
  });

  it('waits for the batch of a sweep that is under way, and begins no other', async () => {
    const app = await startTestApp({ adapter });
    const { families, sessions, registry } = app.app.get(AuthStores, { strict: false });
    const batch = held<number>();
    const begun: string[] = [];
    families.sweep = () => {
      begun.push('families');
      return batch.promise;
    };
    for (const [name, store] of Object.entries({ sessions, registry }))
      store.sweep = async () => begun.push(name);
    const sweeping = app.authentication.sweep();
    const closing = app.close();
    expect(await standing(closing)).toBe('waiting');
    batch.release(500);
    await closing;
    expect(await sweeping).toEqual({
      families: 500,
      sessions: 0,
      revocations: 0,
      features: {},
      events: 0,
      attempts: 0,
    });
    expect(begun).toEqual(['families']);
  });
});

describe('the timer of the sweep', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  const kept = [
    'nextTick',
    'setImmediate',
    'clearImmediate',
    'Date',
    'performance',
    'queueMicrotask',
    'hrtime',
    'setInterval',
    'clearInterval',
  ] as const;

  /** Applications by their own clock, with every setTimeout of theirs counted. */
  const boot = async (sweepInterval: '1m' | false) => {
    const { Test } = await import('@nestjs/testing');
    jest.useFakeTimers({ doNotFake: [...kept] });
    const module = await Test.createTestingModule({
      imports: [
        rootModule([
          connection(),
          authModule({ sweepInterval, revocation: { mode: 'lookup' }, keys: 'secret' }),
        ]),
      ],
    })
      .setLogger(new QuietLogger())
      .compile();
    return module.createNestApplication().init();
  };

  it('is gone when the application has closed', async () => {
    const app = await boot('1m');
    expect(jest.getTimerCount()).toBe(1);
    await app.close();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not come back when the application closes during a sweep', async () => {
    const app = await boot('1m');
    const { families } = app.get(AuthStores, { strict: false });
    const batch = held<number>();
    families.sweep = () => batch.promise;
    jest.advanceTimersByTime(76_000);
    const closing = app.close();
    batch.release(0);
    await closing;
    await new Promise((resolve) => setImmediate(resolve));
    expect(jest.getTimerCount()).toBe(0);
  });

  it('comes again after each sweep, also after one that failed', async () => {
    const app = await boot('1m');
    const { families } = app.get(AuthStores, { strict: false });
    let sweeps = 0;
    families.sweep = async () => {
      sweeps += 1;
      if (sweeps === 1) throw new Error('the database is away');
      return 0;
    };
    for (let round = 0; round < 3; round++) {
      jest.advanceTimersByTime(76_000);
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    await app.close();
    expect(sweeps).toBe(3);
  });

  it('is never set with sweepInterval: false', async () => {
    const app = await boot(false);
    expect(jest.getTimerCount()).toBe(0);
    await app.close();
  });

  it('does not keep a script alive', async () => {
    const root = rootModule([connection(), authModule({ routes: false })]);
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const context = await NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
    const after = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    await context.close();
    expect(after).toBeLessThanOrEqual(before);
  });
});

describe('sweep()', () => {
  const COUNT = 1_100;

  /** Copies the one row of a table, with ids of its own, and lets the copies be past their limit. */
  async function copies(app: TestApp, entity: EntityTarget<ObjectLiteral>, past: boolean): Promise<void> {
    const repository = app.source.getRepository(entity);
    const row = (await repository.find({ take: 1 }))[0]!;
    const limits = past ? { expiresAt: Date.now() - 60_000 } : {};
    const rows = Array.from({ length: COUNT }, (_, index) => {
      const id =
        entity === Revocation ? index + 1_000 : `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
      return { ...row, ...limits, id };
    });
    await repository.insert(rows.slice(0, 550));
    await repository.insert(rows.slice(550));
  }

  it('deletes what is past its absolute limit, in batches, and nothing else', async () => {
    const app = await startTestApp({ options: { sweepInterval: false, revocation: { mode: 'lookup' } } });
    try {
      await app.users.add('ada');
      const signIn = async (mode: 'session' | 'tokens') =>
        (await app.authentication.signIn('user-1', { mode })).principal.signInId;
      const [live, revoked] = [await signIn('session'), await signIn('session')];
      const [liveFamily, revokedFamily] = [await signIn('tokens'), await signIn('tokens')];
      await app.authentication.endSignIn('user-1', revoked);
      await app.authentication.endSignIn('user-1', revokedFamily);
      const announced = await app.source.getRepository(Revocation).count();
      expect(announced).toBeGreaterThan(0);
      for (const entity of [Session, RefreshTokenFamily, Revocation]) await copies(app, entity, true);

      const statements: string[] = [];
      app.source.logger.logQuery = (text) => void statements.push(text);
      const swept = await app.app.get(AuthenticationService).sweep();
      expect(swept).toEqual({
        sessions: COUNT,
        families: COUNT,
        revocations: COUNT,
        features: {},
        events: 0,
        attempts: 0,
      });
      // 500, 500 and 100 of each table; the tenth finds no counters of tries.
      expect(statements).toHaveLength(10);

      const ids = async (entity: EntityTarget<ObjectLiteral>) =>
        (await app.source.getRepository(entity).find()).map((row) => String(row['id'])).sort();
      expect(await ids(Session)).toEqual([live, revoked].sort());
      expect(await ids(RefreshTokenFamily)).toEqual([liveFamily, revokedFamily].sort());
      expect(await app.source.getRepository(Revocation).count()).toBe(announced);
      expect(await app.authentication.sweep()).toEqual({
        sessions: 0,
        families: 0,
        revocations: 0,
        features: {},
        events: 0,
        attempts: 0,
      });
      expect(await app.authentication.listSignIns('user-1')).toHaveLength(2);
    } finally {
      await app.close();
    }
  });
});
