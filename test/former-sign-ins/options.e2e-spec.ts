// The options, the time after which nothing is accepted, and an application of its own kind of credentials.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { Module } from '@nestjs/common';
import session from 'express-session';
import type { AuthFeature } from 'nestjs-aerie/feature';
import {
  expressSession,
  type FormerCredential,
  formerSignIns,
  type FormerSignInsOptions,
  refreshJwt,
} from 'nestjs-aerie/former-sign-ins';
import { MemoryStores } from 'nestjs-aerie/testing';
import { Clock } from '../../libs/auth/src/time/clock.js';
import { type FormerApp, startFormerApp } from '../support/former-app.js';
import { LogTrap } from '../support/log-trap.js';
import { refresh } from '../support/sign-ins.js';
import { startTestApp } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';
import { TestUsersModule } from '../support/test-users.js';
import { DAY } from '../support/time-passes.js';
import { inDays, moved, who } from './places.js';

const SECRET = 'a former secret of at least thirty-two bytes';
const PUBLIC = generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }) as string;
const opaque: FormerCredential = {
  name: 'opaque',
  opens: 'tokens',
  identify: (value) => (value.startsWith('old_') ? value : undefined),
  read: async (value) => (value === 'old_1' ? { subject: 7, authenticatedAt: new Date(1_000_000) } : null),
};
const started = async (features: readonly AuthFeature[], more: object = {}) => {
  const app = await startTestApp({ ...more, options: { features, ...(more as any).options } });
  await app.users.add('ada', undefined, { id: '7' });
  return app;
};

describe('formerSignIns: options', () => {
  const store = new session.MemoryStore();
  const given = { accept: [opaque], until: inDays(30) };

  it.each([
    [{ ...given, until: undefined }, /"former-sign-ins.until" must be an ISO 8601 instant/],
    [{ ...given, until: '2027-03-01' }, /until" must be an ISO 8601 instant/],
    [{ ...given, until: inDays(367) }, /until" must be at most 366 days away/],
    [{ ...given, accept: [] }, /accept" must be a list of 1 to 5 kinds/],
    [{ ...given, accept: [opaque, opaque] }, /each once/],
    [{ ...given, accept: [{ ...opaque, opens: 'session' }] }, /accept" must be/],
    [
      { ...given, accept: [{ ...opaque, cookie: '__Host-refresh' }] },
      /other cookies than those of AuthModule/,
    ],
    [{ ...given, window: 1 }, /there is no such option/],
  ])('stop the boot: %#', async (options, message) => {
    await expect(started([formerSignIns(options as unknown as FormerSignInsOptions)])).rejects.toThrow(
      message,
    );
  });

  it.each([
    [() => expressSession({ store: {} as never, secret: 'x' }), /expressSession.store" must be a store/],
    [() => expressSession({ store, secret: [] }), /expressSession.secret" must be a text, or a list/],
    [() => expressSession({ store } as never), /secret" must be .* \(got undefined\)/],
    [() => refreshJwt({ secret: 'short' }), /refreshJwt.secret" must have 32 bytes or more, or "isCurrent"/],
    [() => refreshJwt({ secret: PUBLIC, isCurrent: () => true }), /secret" must be a secret .* a public key/],
    [() => refreshJwt({ secret: SECRET, algorithm: 'none' as never }), /algorithm" must be one of/],
    [() => refreshJwt({ secret: SECRET, isCurrent: true as never }), /isCurrent" must be a function/],
    [() => refreshJwt({ secret: SECRET, unknown: 1 } as never), /there is no such option/],
  ])('of a kind are checked where they are written: %#', (make, message) => {
    expect(make).toThrow(message);
    let text = '';
    try {
      make();
    } catch (error) {
      text = (error as Error).message;
    }
    expect(text).not.toContain('short');
  });

  it('take a short secret where the application knows the current token', () => {
    expect(refreshJwt({ secret: 'short', isCurrent: () => false }).name).toBe('refresh-jwt');
  });

  it('come from a factory as well', async () => {
    const app = await started([formerSignIns({ useFactory: () => given })]);
    expect((await refresh(app, 'old_1')).status).toBe(200);
  });

  it('stop the boot if two features say what is accepted', async () => {
    const other = {
      ...formerSignIns(given),
      name: 'others',
      tables: [],
      stores: [],
      events: [],
      providers: [],
      options: undefined,
    };
    await expect(started([formerSignIns(given), other as never])).rejects.toThrow(
      /each source of former credentials once/,
    );
  });
});

describe('formerSignIns: a kind of its own', () => {
  it('opens a sign-in that says when the person authenticated, in memory too', async () => {
    @Module({
      providers: [{ provide: MemoryStores, useFactory: () => new MemoryStores() }],
      exports: [MemoryStores],
    })
    class MemoryModule {}
    const app = await started([formerSignIns({ accept: [opaque], until: inDays(30) })], {
      options: { stores: MemoryStores, imports: [TestUsersModule, MemoryModule] },
    });
    const result = await app.authentication.refresh('old_1');
    expect(result.principal.authenticatedAt).toEqual(new Date(1_000_000));
    expect((await refresh(app, 'old_2')).status).toBe(401);
  });

  it('is a mistake of the program, if it gives no id of a user', async () => {
    const wrong = { ...opaque, read: async () => ({ subject: { id: 7 } as never }) };
    const app = await started([formerSignIns({ accept: [wrong], until: inDays(30) })]);
    expect((await refresh(app, 'old_1')).status).toBe(500);
  });
});

describe('formerSignIns: until', () => {
  let former: FormerApp;
  beforeAll(async () => {
    former = await startFormerApp();
  });
  afterAll(() => former.close());

  it('accepts nothing afterwards, and says so once', async () => {
    const clock = new TestClock();
    const log = new LogTrap();
    const { browser } = await moved(former, {
      override: (builder) => log.override(builder).overrideProvider(Clock).useValue(clock),
    });
    const [one, other] = [await former.signIn('7'), await former.signIn('7')];
    const before = await browser(one);
    expect(await who(before)).toBe('7');
    clock.pass(31 * DAY);
    for (let i = 0; i < 3; i++) expect(await who(await browser(other))).toBe('AUTH_CREDENTIALS_MISSING');
    expect(log.lines.filter((line) => line.includes('formerSignIns accepts nothing since'))).toHaveLength(1);
  });

  it.each([
    [inDays(-1), /accepts nothing since .*: leave it out of "features" in 30 days/],
    [inDays(7), /accepts former credentials until/],
  ])('is told at the boot when it is near or over: %#', async (until, line) => {
    const log = new LogTrap();
    await started([formerSignIns({ accept: [opaque], until })], { override: log.override });
    expect(log.lines.filter((text) => line.test(text))).toHaveLength(1);
  });

  it('keeps its rows for thirty days more: a later date brings nothing back', async () => {
    const clock = new TestClock();
    const app = await started([formerSignIns({ accept: [opaque], until: inDays(1) })], {
      override: (builder: any) => builder.setLogger(false).overrideProvider(Clock).useValue(clock),
    });
    expect((await refresh(app, 'old_1')).status).toBe(200);
    clock.pass(30 * DAY);
    expect((await app.authentication.sweep()).features).toEqual({ 'former-sign-ins': 0 });
    clock.pass(2 * DAY);
    expect((await app.authentication.sweep()).features).toEqual({ 'former-sign-ins': 1 });
  });
});
