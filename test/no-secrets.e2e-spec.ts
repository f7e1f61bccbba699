import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LogTrap } from './support/log-trap.js';
import type { Answer } from './support/http-client.js';
import { refresh, REFRESH_COOKIE, SESSION_COOKIE, signIn } from './support/sign-ins.js';
import { StatementLog } from './support/statement-log.js';
import { ADAPTERS, SECRET, startTestApp, type TestApp } from './support/test-app.js';
import { MINUTE, timePasses } from './support/time-passes.js';
import { DerivedKeys } from '../libs/auth/src/crypto/derived-keys.js';
import { SessionActivity } from '../libs/auth/src/sessions/session-activity.js';

const PASSWORD = 'correct horse battery';
const TYPED = 'a-password-that-is-wrong';
const KEY = 'an-idempotency-key-to-keep';

describe.each(ADAPTERS)('a tour of everything that can happen, on %s', (adapter) => {
  const log = new LogTrap();
  const statements = new StatementLog();
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  /** What must be seen nowhere, by name. */
  const secrets = new Map<string, string>([
    ['the secret', SECRET],
    ['a password', PASSWORD],
    ['a wrong password', TYPED],
    ['an Idempotency-Key', KEY],
    ['the private key', pem.split('\n')[1]!],
    ['its number', String(privateKey.export({ format: 'jwk' }).d)],
  ]);
  const refusals: Answer[] = [];
  let app: TestApp;

  const keep = (name: string, token: string | undefined) => {
    if (!token) throw new Error(`${name}: nothing to keep`);
    secrets.set(`${name} ${secrets.size}`, token);
    const opaque = /^(?:rt1|s1)_(.+)$/.exec(token)?.[1];
    if (opaque) {
      const bytes = Buffer.from(opaque, 'base64url');
      const secret = token.startsWith('rt1_') ? bytes.subarray(20, 52) : bytes.subarray(16);
      secrets.set(`${name}'s part, in hex ${secrets.size}`, secret.toString('hex'));
      secrets.set(`${name}'s part, in base64url ${secrets.size}`, secret.toString('base64url'));
      secrets.set(`${name}'s part, in base64 ${secrets.size}`, secret.toString('base64'));
    } else if (token.split('.').length === 3)
      secrets.set(`${name}'s signature ${secrets.size}`, token.split('.')[2]!);
    return token;
  };
  async function refused(answer: Promise<Answer>): Promise<void> {
    const given = await answer;
    if (given.status < 400) throw new Error(`not refused: ${given.status}`);
    refusals.push(given);
  }

  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      override: log.override,
      connection: statements.connection(),
      options: { keys: [{ alg: 'ES256', kid: 'k', privateKey: pem }] },
    });
    for (const purpose of ['access-token', 'session-tag', 'refresh-tag', 'refresh-next'] as const) {
      const key = app.app.get(DerivedKeys, { strict: false }).of(purpose)[0].export();
      secrets.set(`the key for ${purpose}, in hex`, key.toString('hex'));
      secrets.set(`the key for ${purpose}, in base64`, key.toString('base64'));
    }
    await app.users.add('ada');
    await tour();
  });
  afterAll(() => app.close());

  async function tour(): Promise<void> {
    const client = app.client();
    const login = (json: object) => client.post('/auth/login', { json });
    await refused(login({ identifier: 'ada', password: TYPED }));
    await refused(login({ identifier: 'nobody', password: TYPED }));
    await refused(login({ identifier: 'ada', password: [TYPED] }));
    await refused(login({ identifier: 'ada', password: TYPED, [TYPED]: 1 }));
    await refused(
      client.post('/auth/login', {
        raw: `{"password":"${TYPED}`,
        headers: { 'content-type': 'application/json' },
      }),
    );

    const { body } = await signIn(app, 'tokens');
    const first = keep('a refresh token', body.refresh_token);
    keep('an access token', body.access_token);
    const second = (await refresh(app, first, { 'idempotency-key': KEY })).body;
    keep('a refresh token', second.refresh_token);
    keep('an access token', second.access_token);
    await refresh(app, first);
    await timePasses(app, MINUTE);
    keep('a refresh token', (await refresh(app, first, { 'idempotency-key': KEY })).body.refresh_token);
    await refused(refresh(app, second.refresh_token));
    await refused(refresh(app, first));
    await refused(refresh(app, first.slice(0, -2)));
    await refused(refresh(app, first, { 'idempotency-key': KEY.slice(0, 5) }));
    await refused(client.get('/auth/me', { bearer: second.access_token }));
    await refused(client.get('/auth/me', { bearer: `${second.access_token}x` }));

    const hybrid = await signIn(app, 'hybrid');
    const cookie = keep('a refresh token', await hybrid.client.cookie(REFRESH_COOKIE, '/auth'));
    await refused(hybrid.client.post('/auth/refresh', { json: { refresh_token: cookie } }));
    await refused(hybrid.client.post('/auth/refresh', { headers: { origin: 'https://evil.example' } }));
    await hybrid.client.post('/auth/refresh');
    keep('a refresh token', await hybrid.client.cookie(REFRESH_COOKIE, '/auth'));

    const browser = await signIn(app, 'session');
    const session = keep('a session', await browser.client.cookie(SESSION_COOKIE));
    await refused(
      app
        .client()
        .get('/auth/me', { headers: { cookie: `${SESSION_COOKIE}=${session}; ${SESSION_COOKIE}=x` } }),
    );
    const stepped = await app.authentication.stepUp('user-1', { session }, ['pwd', 'otp']);
    const renewed = keep('a session', stepped.mode === 'session' ? stepped.sessionToken : undefined);
    await refused(browser.client.get('/auth/me'));
    const confirming = { headers: { cookie: `${SESSION_COOKIE}=${renewed}` } };
    await refused(app.client().post('/auth/step-up', { json: { password: `${PASSWORD}x` }, ...confirming }));
    const confirmed = await app
      .client()
      .post('/auth/step-up', { json: { password: PASSWORD }, ...confirming });
    const current = keep('a session', /=([^;]+)/.exec(confirmed.setCookies.at(-1) ?? '')?.[1]);
    await timePasses(app, 5 * MINUTE);
    await app.client().get('/auth/me', { headers: { cookie: `${SESSION_COOKIE}=${current}` } });
    await app.app.get(SessionActivity, { strict: false }).flush();

    app.users.failure = new Error(`directory is down`);
    await refused(login({ identifier: 'ada', password: PASSWORD }));
    app.users.failure = undefined;
    await app.authentication.credentialsChanged('user-1');
    await app.authentication.rolesChanged('user-1');
    await app.authentication.revokeEverything();
    const last = await signIn(app, 'tokens');
    keep('a refresh token', last.body.refresh_token);
    keep('an access token', last.body.access_token);
    await app.source.destroy();
    await refused(refresh(app, last.body.refresh_token));
    await refused(login({ identifier: 'ada', password: PASSWORD }));
    await refused(app.client().get('/auth/me', { headers: { cookie: `${SESSION_COOKIE}=${session}` } }));
    await app.source.initialize();
  }

  function expectClean(place: string, lines: readonly string[]): void {
    const text = lines.join('\n');
    const seen = [...secrets]
      .filter(([, secret]) => text.includes(secret))
      .map(([name]) => `${name} in ${place}`);
    expect(seen).toEqual([]);
  }

  it('happened, and left its traces', () => {
    expect(secrets.size).toBeGreaterThan(30);
    expect(log.lines.length).toBeGreaterThan(20);
    expect(statements.statements.length).toBeGreaterThan(50);
    expect(refusals.length).toBeGreaterThan(15);
    const types = new Set(app.events.map((event) => event.type));
    for (const type of [
      'signed_in',
      'sign_in_refused',
      'token_rotated',
      'token_replayed',
      'token_retried_late',
      'reuse_detected',
      'refresh_refused',
      'subject_ended',
      'everything_revoked',
    ])
      expect(types).toContain(type);
  });

  it('left no secret in the log', () => expectClean('the log', log.lines));

  it('left no secret in an event', () =>
    expectClean(
      'an event',
      app.events.map((event) => JSON.stringify(event)),
    ));

  it('left no secret in a statement or its parameters', () =>
    expectClean(
      'a statement',
      statements.statements.map((sent) => `${sent.query} ${JSON.stringify(sent.parameters)}`),
    ));

  it('left no secret in the body or the headers of a refusal', () =>
    expectClean(
      'a refusal',
      refusals.map(({ body, headers }) => JSON.stringify([body, [...headers]])),
    ));

  it('showed nothing of its inside in a refusal: no cause, no stack, no table', () => {
    for (const { body } of refusals) {
      expect(Object.keys(body).sort()).toEqual(['code', 'message', 'statusCode']);
      expect(JSON.stringify(body)).not.toMatch(
        /stack|at \w+ \(|auth_[a-z]|sqlite|select |directory is down|connection is closed/,
      );
    }
  });
});
