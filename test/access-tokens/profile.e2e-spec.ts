import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LogTrap } from '../support/log-trap.js';
import { PASSWORD } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

const SECRETS =
  'password passwordHash user_password passwd passphrase client_secret secretAnswer ssn user_ssn cardNumber card_number cvv cvc pan api_key apiKey privateKey private_key refresh_token pin';
const RESERVED = 'iss sub aud exp nbf iat jti sid sep gep amr roles scope id scopes signInId kind __proto__';
const HARMLESS = 'email plan company spanish_name opinion';

describe.each(BELOW_THE_EDGE)('what an application may add to a principal, on %s', (adapter) => {
  const log = new LogTrap();
  let app: TestApp;
  let claims: unknown = {};
  beforeAll(async () => {
    const accessTokens = { claims: () => claims as Record<string, unknown> };
    app = await startTestApp({ adapter, override: log.override, options: { accessTokens } });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  const named = (name: string) => Object.defineProperty({}, name, { value: 'the-value', enumerable: true });
  const login = () =>
    app.client().post('/auth/login', { json: { identifier: 'ada', password: PASSWORD, mode: 'tokens' } });

  it.each([
    ['a name that looks like a secret', SECRETS],
    ['a name that has a meaning of its own', RESERVED],
  ])('is refused under %s: no user is signed in, and nothing is shown', async (_name, names) => {
    for (const name of names.split(' ')) {
      claims = named(name);
      const { status, body, setCookies } = await login();
      expect([name, status, setCookies]).toEqual([name, 503, []]);
      expect(JSON.stringify(body)).not.toContain('the-value');
      expect(body.access_token).toBeUndefined();
    }
    expect(await app.authentication.listSignIns('user-1')).toEqual([]);
  });

  it('is refused when it is no object', async () => {
    for (claims of [null, undefined, 'x', 1, [], ['email']]) expect((await login()).status).toBe(503);
  });

  it('is a mistake of the programmer, who finds its name in the log, but not the value', async () => {
    log.lines.length = 0;
    claims = named('user_password');
    await login();
    const said = log.lines.join('\n');
    expect(said).toContain('user_password');
    expect(said).not.toContain('the-value');
  });

  it('is anything else', async () => {
    for (const name of HARMLESS.split(' ')) {
      claims = named(name);
      const { status, body } = await login();
      expect([name, status, body.user?.[name]]).toEqual([name, 200, 'the-value']);
    }
  });
});
