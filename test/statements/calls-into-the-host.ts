import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { RefreshTokenFamily } from 'nestjs-aerie/typeorm';
import { PASSWORD } from '../support/sign-ins.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { age, dropTables } from '../support/test-stores.js';
import type { DriverWatch } from './driver-watch.js';

// Real databases and hundreds of requests: a limit that only a hang reaches.
jest.setTimeout(60_000);

const QUESTIONS = ['findSubject', 'verifyPassword', 'loadSubject'] as const;

/** One call into the host's code, with what the database was at meanwhile. */
interface HostCall {
  readonly name: string;
  /** Connections in a transaction, or waiting for an answer, when it began and when it ended. */
  readonly busy: readonly string[];
  /** Statements that were sent while it ran. */
  readonly sent: number;
}

/** No transaction is open while code of the host runs: not in its directory, its claims, or its listener of events. */
export function callsIntoTheHost(watched: () => DriverWatch): void {
  let app: TestApp;
  let watch: DriverWatch;
  const calls: HostCall[] = [];

  const called = (name: string): void => {
    calls.push({ name, busy: watch.busy(), sent: 0 });
  };

  beforeAll(async () => {
    watch = watched();
    app = await startTestApp({
      connection: watch.connection,
      options: {
        accessTokens: { claims: () => (called('claims'), {}) },
        onSecurityEvent: ({ type }) => called(type),
      },
    });
    await app.users.add('ada');
    for (const name of QUESTIONS) {
      const ask = app.users[name].bind(app.users) as (...asked: string[]) => Promise<unknown>;
      const watching = async (...asked: string[]): Promise<unknown> => {
        const [busy, before] = [watch.busy(), watch.statements.length];
        // Time for whatever was begun and not awaited.
        for (let turn = 0; turn < 20; turn++) await new Promise((next) => setImmediate(next));
        const answer = await ask(...asked);
        calls.push({ name, busy: [...busy, ...watch.busy()], sent: watch.statements.length - before });
        return answer;
      };
      Object.assign(app.users, { [name]: watching });
    }
  });
  afterAll(async () => {
    await dropTables(app.source);
    await app.close();
  });

  it('would be seen', async () => {
    await app.source.transaction(async (manager) => {
      await manager.query('select 1');
      expect(watch.busy()).toEqual(['in a transaction']);
    });
    expect(watch.busy()).toEqual([]);
  });

  it('is so through a life of sign-ins', async () => {
    const { authentication } = app;
    type Tokens = { principal: { signInId: string }; refreshToken: string };
    const open = async () =>
      (await authentication.signInWithPassword('ada', PASSWORD, { mode: 'tokens' })) as Tokens;
    const failing = async (work: Promise<unknown>) => expect(work).rejects.toBeInstanceOf(Error);

    await failing(authentication.signInWithPassword('ada', 'wrong'));
    await failing(authentication.signInWithPassword('nobody', PASSWORD));

    // Rotation, replay, late retry, step-up, a parent after a step-up, reuse.
    const key = { idempotencyKey: 'the-key-of-this-token' };
    const { principal, refreshToken } = await open();
    await authentication.refresh(refreshToken, key);
    await authentication.refresh(refreshToken, key);
    await age(app.source, RefreshTokenFamily, principal.signInId, 60_000);
    const late = await authentication.refresh(refreshToken, key);
    const stepped = (await authentication.stepUp('user-1', late, ['otp'])) as Tokens;
    await failing(authentication.stepUp('user-1', late, ['otp']));
    await authentication.refresh(stepped.refreshToken);
    await failing(authentication.refresh(refreshToken));

    // Changes, and the ends of one, of others, of all.
    const kept = await open();
    await open();
    const next = (await authentication.credentialsChanged('user-1', { keep: kept })) as Tokens;
    await authentication.rolesChanged('user-1');
    await authentication.endOtherSignIns('user-1', next.principal.signInId);
    await authentication.endSignIn('user-1', next.principal.signInId);
    await authentication.endAllSignIns('user-1');

    // Over HTTP, by cookies.
    const client = app.client();
    const json = { identifier: 'ada', password: PASSWORD, mode: 'hybrid' };
    expect((await client.post('/auth/login', { json })).status).toBe(200);
    expect((await client.post('/auth/refresh')).status).toBe(200);
    expect((await client.post('/auth/login', { json: { ...json, mode: 'session' } })).status).toBe(200);
    expect((await client.get('/auth/me')).status).toBe(200);
    expect((await client.post('/auth/logout')).status).toBe(204);

    // The directory says that the user is gone: everything ends.
    const last = await open();
    app.users.byId.get('user-1')!.disabled = true;
    await failing(authentication.refresh(last.refreshToken));
    app.users.byId.get('user-1')!.disabled = false;
    await authentication.forgetSubject('user-1');
    await authentication.revokeEverything();

    expect([...new Set(calls.map(({ name }) => name))]).toEqual(
      expect.arrayContaining([
        ...QUESTIONS,
        'claims',
        'signed_in',
        'sign_in_refused',
        'token_rotated',
        'token_replayed',
        'token_retried_late',
        'refresh_refused',
        'reuse_detected',
        'subject_changed',
        'sign_in_ended',
        'subject_ended',
        'everything_revoked',
      ]),
    );
    expect(calls.filter(({ busy, sent }) => busy.length > 0 || sent > 0)).toEqual([]);
  });
}
