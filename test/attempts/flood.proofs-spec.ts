/** Thousands of addresses try passwords: the user of a known device signs in all the same. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { timedRequest } from '../support/timed-request.js';
import { until } from '../support/until.js';

const ADDRESSES = 5_000;
// Thousands of hashes, on a machine that may be busy.
jest.setTimeout(120_000);

/** Requests that are under way at a time. */
const AT_ONCE = 100;
const PASSWORD = 'correct horse battery';

describe.each(BELOW_THE_EDGE)('5,000 addresses that flood the hashing line, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    // The hashes of the defaults, and the budgets of the defaults.
    const options = { credentials: {}, attempts: { acceptAnyForwardedAddress: true } };
    app = await startTestApp({ adapter, trustProxy: true, options });
    await app.users.add('ada', PASSWORD);
    for (let i = 0; i < 50; i++) await app.users.add(`name-${i}`, PASSWORD);
  });
  afterAll(() => app.close());

  const login = (ip: string, identifier: string, password: string, cookie = '') =>
    timedRequest(`${app.url}/auth/login`, {
      method: 'POST',
      json: { identifier, password },
      headers: { 'x-forwarded-for': ip, ...(cookie && { cookie }) },
    });

  it('let the user sign in within 2 s on a known device', async () => {
    const first = await app.client().post('/auth/login', { json: { identifier: 'ada', password: PASSWORD } });
    const cookie = first.setCookies.find((line) => line.startsWith('__Host-device='))!.split(';')[0]!;
    const statuses = new Map<number, number>();
    let begun = 0;
    let flooding = true;
    const stranger = async (): Promise<void> => {
      while (flooding && begun < ADDRESSES) {
        const i = begun++;
        const name = i % 2 ? 'ada' : `name-${i % 50}`;
        const { status } = await login(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, name, 'wrong');
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    const flood = Promise.all(Array.from({ length: AT_ONCE }, stranger));
    await until('the line is full', () => (statuses.get(503) ?? 0) > 20).finally(
      () => (flooding = statuses.has(503)),
    );
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      // In turns with a request that checks nothing, which everything else of the flood slows down alike.
      const plain = await timedRequest(`${app.url}/auth/me`);
      const { status, ms } = await login(`203.0.113.${i}`, 'ada', PASSWORD, cookie);
      expect([plain.status, status]).toEqual([401, 200]);
      times.push(ms - plain.ms);
    }
    flooding = false;
    await flood;
    console.log(
      `on a known device a sign-in took ${times.map(Math.round).join(', ')} ms longer than a request that checks nothing; the flood got`,
      statuses,
    );
    for (const ms of times) expect(ms).toBeLessThan(2_000);
  });
});
