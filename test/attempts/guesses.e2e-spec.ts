/** How many guesses are checked in an hour, for docs/limits.md: `npm run test:one -- test/attempts/guesses`. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Authenticator, type Requester } from 'nestjs-aerie';
import { AuthStores } from 'nestjs-aerie/stores';
import { Clock, ManualClock, MemoryStores } from 'nestjs-aerie/testing';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

const PASSWORD = 'correct horse battery';
const SECONDS = 3_600;
/** Tries in each second. */
const PACE = 10;

describe.each(BELOW_THE_EDGE)('guesses in an hour, ten tries a second, by stores in memory', (adapter) => {
  let app: TestApp;
  let clock: ManualClock;
  beforeEach(async () => {
    clock = new ManualClock();
    app = await startTestApp({
      adapter,
      options: { attempts: {} },
      override: (builder) =>
        builder
          .overrideProvider(Clock)
          .useValue(clock)
          .overrideProvider(AuthStores)
          .useValue(new MemoryStores(clock)),
    });
    for (let i = 0; i < 1_000; i++)
      app.users.byId.set(`user-${i}`, {
        id: `user-${i}`,
        identifier: `name-${i}`,
        hash: '',
        roles: [],
        scopes: [],
        disabled: false,
      });
    // Its time is not what is measured.
    app.users.verifyPassword = async (_, password) => password === PASSWORD;
    app.users.findSubject = async (name) => (name.startsWith('name-') ? name.replace('name', 'user') : null);
  });
  afterEach(() => app.close());

  const tried = (identifier: string, ip: string, more: Partial<Requester> = {}, password = 'wrong') =>
    app.app
      .get(Authenticator)
      .password(identifier, password, { ip, userAgent: null, ...more })
      .then(
        () => 'in',
        (error: { code: string }) => error.code,
      );

  /** How many tries of an hour were checked. */
  async function checked(tryOf: (i: number) => Promise<string>): Promise<number> {
    let count = 0;
    for (let i = 0; i < SECONDS * PACE; i++) {
      if (i % PACE === 0) clock.advance('1s');
      if ((await tryOf(i)) === 'AUTH_CREDENTIALS_INVALID') count++;
    }
    return count;
  }
  const addressOf = (i: number) => `203.0.${i % 250}.${Math.floor((i % 1_000) / 250) + 1}`;

  it('1,000 addresses at one account: 165', async () => {
    expect(await checked((i) => tried('name-0', addressOf(i)))).toBe(165);
    // Its user is not locked out: on a device that is known, at once; on a new one after at most a minute.
    clock.advance('60s');
    expect(await tried('name-0', '198.51.100.1', {}, PASSWORD)).toBe('in');
  });

  it('1,000 addresses at one name that no user has: as many', async () => {
    expect(await checked((i) => tried('nobody', addressOf(i)))).toBe(165);
  });

  it('one address at 1,000 accounts: 100', async () => {
    expect(await checked((i) => tried(`name-${i % 1_000}`, '203.0.113.7'))).toBe(100);
  });

  it('one address at one account: 40', async () => {
    expect(await checked(() => tried('name-0', '203.0.113.7'))).toBe(40);
  });

  it('one IPv6 /48, a /64 for each try, at 1,000 accounts: 1,000', async () => {
    const ip = (i: number) => `2001:db8:1:${(i * 263).toString(16).slice(-4)}::1`;
    expect(await checked((i) => tried(`name-${i % 1_000}`, ip(i)))).toBe(1_000);
  });

  it('another spelling has no budget of its own', async () => {
    app.users.findSubject = async (name) => (name.trim().toLowerCase() === 'name-0' ? 'user-0' : null);
    const spellings = ['name-0', 'NAME-0', ' name-0', 'Name-0 ', 'ｎａｍｅ-0'];
    let count = 0;
    for (let i = 0; i < 50; i++)
      if ((await tried(spellings[i % 5]!, '203.0.113.7')) === 'AUTH_CREDENTIALS_INVALID') count++;
    expect(count).toBe(10);
  });

  it('another name of the same user has no budget of its own, and one event tells of each counter', async () => {
    app.users.findSubject = async () => 'user-0';
    const names = ['name-0', 'name@mail.example'];
    const answers: string[] = [];
    for (let i = 0; i < 30; i++) {
      answers.push(await tried(names[i % 2]!, '203.0.113.7'));
      // Past what the process itself remembers of a refusal.
      clock.advance('2s');
    }
    expect(answers.filter((code) => code === 'AUTH_CREDENTIALS_INVALID')).toHaveLength(10);
    expect(answers.at(-1)).toBe('AUTH_RATE_LIMITED');
    // That of the subject alone: each name was tried five times.
    expect(app.events.filter(({ type }) => type === 'attempt_limited')).toHaveLength(1);
  });
});
