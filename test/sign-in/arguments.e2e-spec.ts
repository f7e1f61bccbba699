/** Calls of the façade are checked as strictly as options at boot: a mistake of the program is named, and does nothing. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthConfigError, AuthStatus, type Principal } from 'nestjs-aerie';
import { TokenExchange, serviceIssuer } from 'nestjs-aerie/service-tokens';
import { PASSWORD } from '../support/sign-ins.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('calls of the façade', () => {
  let app: TestApp;
  let principal: Principal;
  beforeAll(async () => {
    app = await startTestApp({ options: { features: [serviceIssuer()] } });
    await app.users.add('ada', PASSWORD, { id: 'ada' });
    principal = (await app.authentication.signIn('ada')).principal;
  });
  afterAll(() => app.close());

  type Call = (...given: any[]) => unknown;
  /** The façade as JavaScript would call it. */
  const facade = () => app.authentication as unknown as Record<string, Call>;
  const tokens = () => app.app.get(TokenExchange) as unknown as Record<string, Call>;
  const thrownBy = async (call: () => unknown): Promise<Error> => {
    try {
      await call();
    } catch (error) {
      return error as Error;
    }
    throw new Error('the call has passed');
  };

  const REQUESTER = { ip: null, userAgent: null };

  describe('an option of a call', () => {
    it.each<[string, () => unknown]>([
      [
        '"mode" must be one of "session", "tokens", "hybrid" (got "token")',
        () => facade()['signIn']!('ada', { mode: 'token' }),
      ],
      ['"remember" must be left out', () => facade()['signIn']!('ada', { remember: true })],
      ['"methods" must be a list of words (got "pwd")', () => facade()['signIn']!('ada', { methods: 'pwd' })],
      [
        '"scopes" must be a list of words (got ["a b"])',
        () => facade()['signIn']!('ada', { scopes: ['a b'] }),
      ],
      ['"label" must be a text (got 5)', () => facade()['signIn']!('ada', { label: 5 })],
      [
        '"requester" must be an object (got string)',
        () => facade()['signIn']!('ada', { requester: '127.0.0.1' }),
      ],
      [
        '"requester.headers" must be left out',
        () => facade()['signIn']!('ada', { requester: { ...REQUESTER, headers: {} } }),
      ],
      ['"requester.ip" must be', () => facade()['signIn']!('ada', { requester: { userAgent: null } })],
      ['"options" must be an object (got null)', () => facade()['signIn']!('ada', null)],
      [
        '"options" must be an object (got string)',
        () => facade()['signInWithPassword']!('ada', PASSWORD, 'session'),
      ],
      ['"mod" must be left out', () => facade()['signInWithPassword']!('ada', 'wrong', { mod: 'tokens' })],
      [
        '"mode" must be one of "tokens", "hybrid" (got "session")',
        () => facade()['refresh']!('rt1_x', { mode: 'session' }),
      ],
      ['"idempotencyKey" must be', () => facade()['refresh']!('rt1_x', { idempotencyKey: ['a', 'b'] })],
      [
        '"methods" must be a list of words (got undefined)',
        () => facade()['stepUp']!('ada', { session: 'x' }),
      ],
      ['"reason" must be a text of 1 to 40 characters (got 5)', () => facade()['endAllSignIns']!('ada', 5)],
      ['"manger" must be left out', () => facade()['rolesChanged']!('ada', { manger: {} })],
      [
        '"transaction" must be what hostTransaction(...) of nestjs-aerie/typeorm or nestjs-aerie/sql gives (got "x")',
        () => facade()['rolesChanged']!('ada', { transaction: 'x' }),
      ],
      ['"kept" must be left out', () => facade()['credentialsChanged']!('ada', { kept: {} })],
      ['"keep" must be', () => facade()['credentialsChanged']!('ada', { keep: 's1_x' })],
      ['"audience" must be a text (got undefined)', () => tokens()['exchange']!(principal, {})],
      ['"scope" must be left out', () => tokens()['exchange']!(principal, { audience: 'x', scope: 'a' })],
      [
        '"lifetime" must be a duration between 1s and 15m (got "1h")',
        () => tokens()['exchange']!(principal, { audience: 'x', lifetime: '1h' }),
      ],
    ])('%s', async (message, call) => {
      const error = await thrownBy(call);
      expect(error.message).toContain(message);
      expect(error).toBeInstanceOf(AuthConfigError);
    });
  });

  describe('an argument of a call', () => {
    it.each<[string, () => unknown]>([
      [
        '"who" must be a non-empty string of at most 255 bytes, a safe integer or a bigint (got undefined)',
        () => facade()['signIn']!(undefined),
      ],
      [
        '"who" must be a non-empty string of at most 255 bytes, a safe integer or a bigint (got null)',
        () => facade()['signIn']!(null),
      ],
      [
        '"who" must be a principal, as guards leave it (got another object)',
        () => facade()['signIn']!({ id: 'ada' }),
      ],
      ...[
        'listSignIns',
        'endAllSignIns',
        'userDisabled',
        'rolesChanged',
        'credentialsChanged',
        'forgetSubject',
      ].map((name): [string, () => unknown] => [
        '"subject" must be a non-empty string',
        () => facade()[name]!(undefined),
      ]),
      ['"subject" must be', () => facade()['stepUp']!(undefined, { session: 'x' }, ['otp'])],
      [
        '"credential" must have "session" or "refreshToken" (got neither)',
        () => facade()['stepUp']!('ada', undefined, ['otp']),
      ],
      [
        '"credential" must have "session" or "refreshToken" (got both)',
        () => facade()['stepUp']!('ada', { session: 'x', refreshToken: 'y' }, ['otp']),
      ],
      [
        '"keep" must have "session" or "refreshToken" (got neither)',
        () => facade()['credentialsChanged']!('ada', { keep: {} }),
      ],
      [
        '"principal" must be a principal, as guards leave it (got undefined)',
        () => facade()['signOut']!(undefined),
      ],
      ['"subject" must be', () => facade()['endSignIn']!(undefined, principal.signInId)],
      [
        '"keep" must be the id of a sign-in (got undefined)',
        () => facade()['endOtherSignIns']!('ada', undefined),
      ],
      [
        '"keep" must be the id of a sign-in (got an empty string)',
        () => facade()['endOtherSignIns']!('ada', ''),
      ],
      ['"principal" must be', () => tokens()['exchange']!(undefined, { audience: 'x' })],
      [
        '"listener" must be a function (got undefined)',
        () => app.app.get(AuthStatus).onNotificationKnown(undefined as never),
      ],
    ])('%s', async (message, call) => {
      const error = await thrownBy(call);
      expect(error.message).toContain(message);
      expect(error).toBeInstanceOf(TypeError);
    });

    it('that is wrong has done nothing', async () => {
      expect(await app.authentication.listSignIns('ada')).toHaveLength(1);
      expect(app.events.filter(({ type }) => type !== 'signed_in')).toEqual([]);
    });
  });
});
