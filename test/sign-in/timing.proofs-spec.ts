import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';

const TRIES = 60;

describe.each(ADAPTERS)('the time a refusal takes, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    // The defaults: lighter hashes would hide behind the rest of the request.
    app = await startTestApp({ adapter, options: { credentials: {} } });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  async function timed(identifier: string): Promise<number> {
    const json = { identifier, password: 'not the password' };
    const start = performance.now();
    const { status } = await app.client().post('/auth/login', { json });
    expect(status).toBe(401);
    return performance.now() - start;
  }
  const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1]!;

  it('is the same for an unknown user as for a wrong password', async () => {
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
    for (let warmUp = 0; warmUp < 3; warmUp++) await Promise.all([timed('ada'), timed('nobody')]);
    // In turns, so that whatever else the machine does falls on both alike.
    for (let i = 0; i < TRIES; i++) {
      times.known.push(await timed('ada'));
      times.unknown.push(await timed(`nobody-${i}`));
    }
    const ratio = median(times.unknown) / median(times.known);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.6);
    // A hash was computed: a refusal that skips it takes a millisecond or two.
    expect(median(times.unknown)).toBeGreaterThan(8);
  }, 60_000);
});
