import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { HashUsers, HashUsersModule } from '../support/test-users.js';

/** How far one median may be from another. */
const [LEAST, MOST] = [0.6, 1.6];

const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1]!;

/** How long a refusal takes for each of these names, in turns: what else the machine does falls on all alike. */
async function timesOf<Name extends string>(
  app: TestApp,
  tries: number,
  names: Readonly<Record<Name, (i: number) => string>>,
): Promise<Record<Name, number>> {
  const timed = async (identifier: string): Promise<number> => {
    const json = { identifier, password: 'not the password' };
    const start = performance.now();
    const { status } = await app.client().post('/auth/login', { json });
    expect(status).toBe(401);
    return performance.now() - start;
  };
  const all = Object.entries(names) as [Name, (i: number) => string][];
  for (let warmUp = 0; warmUp < 3; warmUp++) for (const [, name] of all) await timed(name(warmUp));
  const times = Object.fromEntries(all.map(([kind]) => [kind, []])) as unknown as Record<Name, number[]>;
  for (let i = 0; i < tries; i++) for (const [kind, name] of all) times[kind].push(await timed(name(i)));
  return Object.fromEntries(all.map(([kind]) => [kind, median(times[kind])])) as Record<Name, number>;
}

describe.each(ADAPTERS)('the time a refusal takes, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    // The defaults: lighter hashes would hide behind the rest of the request.
    app = await startTestApp({ adapter, options: { credentials: {} } });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  it('is the same for an unknown user as for a wrong password', async () => {
    const { known, unknown } = await timesOf(app, 60, { known: () => 'ada', unknown: (i) => `nobody-${i}` });
    expect(unknown / known).toBeGreaterThan(LEAST);
    expect(unknown / known).toBeLessThan(MOST);
    // A hash was computed: a refusal that skips it takes a millisecond or two.
    expect(unknown).toBeGreaterThan(8);
  }, 60_000);
});

describe.each([
  ['named', { slowestHash: '$2b$08$' }],
  ['learnt', {}],
])('with bcrypt beside argon2id, and the slowest kind %s, the time a refusal takes', (_, credentials) => {
  let app: TestApp;
  beforeAll(async () => {
    // argon2id takes a tenth of the time that bcrypt takes here.
    const light = { memoryKiB: 8192, passes: 1 };
    const options = {
      users: HashUsers,
      imports: [HashUsersModule],
      credentials: { ...light, ...credentials },
    };
    app = await startTestApp({ options });
    for (const [name, hash] of Object.entries({
      bcrypt: await bcrypt('x', 8),
      light: await bcrypt('x', 4),
      argon2id: undefined,
      none: '',
      unreadable: '5f4dcc3b5aa765d61d8327deb882cf99',
    }))
      await app.users.add(name, 'x', { id: name, ...(hash !== undefined && { hash }) });
  });
  afterAll(() => app.close());

  it('is the same for unknown names and for hashes of every kind', async () => {
    const times = await timesOf(app, 20, {
      bcrypt: () => 'bcrypt',
      light: () => 'light',
      argon2id: () => 'argon2id',
      none: () => 'none',
      unreadable: () => 'unreadable',
      unknown: (i) => `nobody-${i}`,
    });
    // Twice a hash of bcrypt: a refusal that skips it takes a few milliseconds.
    expect(times.bcrypt).toBeGreaterThan(20);
    for (const [kind, ms] of Object.entries(times)) {
      const ratio = ms / times.bcrypt;
      expect([kind, ratio, ratio > LEAST && ratio < MOST]).toEqual([kind, ratio, true]);
    }
  }, 120_000);
});
