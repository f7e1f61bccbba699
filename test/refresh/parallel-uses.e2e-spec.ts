/** One refresh token that is used again and again at once: it has its turns, and others keep theirs. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refresh, refreshed, signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { timedRequest, type TimedAnswer } from '../support/timed-request.js';
import { until } from '../support/until.js';

const FLOOD = 500;
/** Four that are being answered, and fifty that wait. */
const SERVED = 54;

describe.each(BELOW_THE_EDGE)('parallel uses of one refresh token, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada', undefined, { id: 'ada' });
    await app.users.add('bob', undefined, { id: 'bob' });
  });
  afterAll(() => app.close());

  const use = (token: string): Promise<TimedAnswer> =>
    timedRequest(`${app.url}/auth/refresh`, { method: 'POST', json: { refresh_token: token } });

  it('are answered with one successor, or told when to try again, and delay no other request', async () => {
    const { body } = await signIn(app, 'tokens', 'ada');
    const other = await signIn(app, 'tokens', 'bob');
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const loadSubject = app.users.loadSubject.bind(app.users);
    let inside = 0;
    app.users.loadSubject = async (subject) => {
      if (subject === 'ada') {
        inside++;
        await gate;
      }
      return loadSubject(subject);
    };
    const answered: TimedAnswer[] = [];
    const flood = Array.from({ length: FLOOD }, async () => {
      const answer = await use(body.refresh_token);
      answered.push(answer);
      return answer;
    });
    await until('the surplus is refused', () => answered.length >= FLOOD - SERVED);
    expect(inside).toBe(4);
    expect(new Set(answered.map(({ status, code }) => `${status} ${code}`))).toEqual(
      new Set(['429 AUTH_REFRESH_BUSY']),
    );
    await refreshed(app, other.body.refresh_token);
    open();
    const answers = await Promise.all(flood);
    Reflect.deleteProperty(app.users, 'loadSubject');

    const served = answers.filter(({ status }) => status === 200);
    expect(served.length).toBeGreaterThan(0);
    expect(served.length).toBeLessThanOrEqual(SERVED);
    const successors = new Set(served.map((answer) => answer.body.refresh_token as string));
    expect(successors.size).toBe(1);
    expect(app.events.filter(({ type }) => type === 'reuse_detected')).toEqual([]);
    // A client that was refused tries again, and has lost nothing.
    expect((await refreshed(app, body.refresh_token)).refresh_token).toBe([...successors][0]);
    await refreshed(app, [...successors][0]);
  });

  it('that are refused say when to come back, and leave the cookie', async () => {
    const { client } = await signIn(app, 'hybrid', 'ada');
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const loadSubject = app.users.loadSubject.bind(app.users);
    app.users.loadSubject = async (subject) => (await gate, loadSubject(subject));
    const answers: { status: number; headers: Headers; body: any; setCookies: readonly string[] }[] = [];
    const flood = Array.from({ length: SERVED + 1 }, async () => {
      answers.push(await client.post('/auth/refresh'));
    });
    await until('one is refused', () => answers.length > 0);
    const { status, headers, body, setCookies } = answers[0]!;
    open();
    await Promise.all(flood);
    Reflect.deleteProperty(app.users, 'loadSubject');
    expect(status).toBe(429);
    expect(body).toEqual({ statusCode: 429, code: 'AUTH_REFRESH_BUSY', message: expect.any(String) });
    expect(headers.get('retry-after')).toBe('5');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(setCookies).toEqual([]);
  });

  it('of one person’s many tabs all get the successor', async () => {
    const { body } = await signIn(app, 'tokens', 'bob');
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(app, body.refresh_token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map((answer) => answer.body.refresh_token as string)).size).toBe(1);
  });
});
