/** Hashes of passwords and signatures of tokens share one pool of threads: a flood of sign-ins must leave some to tokens. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post, Req } from '@nestjs/common';
import { PasswordHasher, requesterOf } from 'nestjs-aerie';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { timedRequest, type TimedAnswer } from '../support/timed-request.js';
import { until } from '../support/until.js';

const FLOOD = 300;
const PASSWORD = 'correct horse battery';
const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1]!;

@Controller('registrations')
class Registrations {
  constructor(private readonly hasher: PasswordHasher) {}

  @Get()
  none() {
    return {};
  }

  @Post()
  async register(@Req() request: Parameters<typeof requesterOf>[0]) {
    return { hash: (await this.hasher.hash(PASSWORD, requesterOf(request))).length };
  }
}

describe.each(BELOW_THE_EDGE)('a flood of sign-ins, on %s', (adapter) => {
  let app: TestApp;
  let hashMs: number;
  const tokens: string[] = [];
  const flood: Promise<TimedAnswer>[] = [];
  const answered: TimedAnswer[] = [];

  beforeAll(async () => {
    // The defaults: lighter hashes would not fill the pool.
    app = await startTestApp({
      adapter,
      trustProxy: true,
      controllers: [Registrations],
      options: { credentials: {} },
    });
    await app.users.add('ada', PASSWORD, { id: 'ada' });
    const times: number[] = [];
    for (let i = 0; i < 5; i++) times.push((await login('198.51.100.1')).ms);
    hashMs = median(times);
    for (let i = 0; i < 15; i++) {
      const signedIn = await app.authentication.signIn('ada', { mode: 'tokens' });
      tokens.push((signedIn as { accessToken: string }).accessToken);
    }
  });
  afterAll(() => app.close());

  const post = (path: string, ip: string, json: object) =>
    timedRequest(`${app.url}${path}`, { method: 'POST', json, headers: { 'x-forwarded-for': ip } });
  const login = (ip: string, password = PASSWORD) => post('/auth/login', ip, { identifier: 'ada', password });

  const get = (path: string, headers: Record<string, string> = {}) =>
    timedRequest(`${app.url}${path}`, { headers });

  function begin(addressOf: (i: number) => string): void {
    flood.length = answered.length = 0;
    for (let i = 0; i < FLOOD; i++) {
      const attempt = login(addressOf(i), 'a wrong password');
      flood.push(attempt);
      void attempt.then((answer) => answered.push(answer));
    }
  }

  it('from many addresses leaves threads to tokens never seen before', async () => {
    begin((i) => `203.0.113.${i % 150}`);
    await until('some are refused', () => answered.filter(({ status }) => status === 503).length >= 50);
    const [verified, unguarded]: [number[], number[]] = [[], []];
    // In turns with a route that verifies nothing, which everything else of the flood slows down alike.
    for (let i = 0; i < tokens.length && answered.length < FLOOD; i++) {
      const { status, ms } = await get('/auth/me', { authorization: `Bearer ${tokens[i]}` });
      expect(status).toBe(200);
      verified.push(ms);
      unguarded.push((await get('/registrations')).ms);
    }
    expect(verified.length).toBeGreaterThan(2);
    // Behind the flood it would wait for all of its hashes. A hash takes longer on a busy machine, as everything does: so the
    // limit is a few of them.
    expect(median(verified) - median(unguarded)).toBeLessThan(Math.max(50, 8 * hashMs));
    const codes = new Set((await Promise.all(flood)).map(({ code }) => code));
    expect(codes).toEqual(new Set(['AUTH_PASSWORDS_BUSY', 'AUTH_CREDENTIALS_INVALID']));
  });

  it('from one address leaves the line to others, for a sign-in and for a registration', async () => {
    begin(() => '203.0.113.200');
    const [alone, registration, unguarded] = await Promise.all([
      login('198.51.100.7'),
      post('/registrations', '198.51.100.8', {}),
      get('/registrations'),
    ]);
    expect([alone.status, registration.status]).toEqual([200, 201]);
    // It is behind four hashes at most.
    expect(alone.ms - unguarded.ms).toBeLessThan(Math.max(2_000, 12 * hashMs));
    const refused = (await Promise.all(flood)).filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThan(0);
  });
});
