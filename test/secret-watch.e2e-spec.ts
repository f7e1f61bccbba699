/** The watch over all tests (`support/watch-secrets.ts`) would see what it is there for. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { PasswordHasher, RequestInvalidError, type TokensResult } from 'nestjs-aerie';
import { SecurityEventSink } from '../libs/auth/src/audit/security-event.js';
import { freshClientSecret } from '../libs/auth/src/features/service-issuer/clients/client-secret.js';
import { LogTrap } from './support/log-trap.js';
import { secretsIn, withoutSecrets } from './support/secret-shapes.js';
import { secretWatch } from './support/secret-watch.js';
import { PASSWORD } from './support/sign-ins.js';
import { SECRET, startTestApp, type TestApp } from './support/test-app.js';

const log = new LogTrap();
let app: TestApp;
let tokens: TokensResult;
let session: string;
beforeAll(async () => {
  app = await startTestApp({ override: log.override });
  await app.users.add('ada');
  tokens = (await app.authentication.signIn('user-1', { mode: 'tokens' })) as TokensResult;
  const opened = await app.authentication.signIn('user-1', { mode: 'session' });
  session = opened.mode === 'session' ? opened.sessionToken : '';
});
afterAll(() => app.close());

describe('a secret is known by its shape', () => {
  it.each<[string, () => string | Promise<string>]>([
    ['a session token', () => session],
    ['a refresh token', () => tokens.refreshToken],
    ['a client secret', freshClientSecret],
    ['a JWT', () => tokens.accessToken],
    ['a password hash', () => app.app.get(PasswordHasher).hash('a password')],
    ['a hash in hex', () => randomBytes(32).toString('hex')],
    ['the secret', () => SECRET],
    ['the password', () => PASSWORD],
  ])('%s', async (name, make) => {
    const secret = await make();
    for (const text of [secret, `{"x":"${secret}"}`, `at a line\n${secret}, and more`]) {
      expect(secretsIn(text)).toEqual([name]);
      expect(withoutSecrets(text)).not.toContain(secret.slice(0, 40));
    }
  });

  it('and what is public is none: ids, claims, short digests', () => {
    const { principal } = tokens;
    const text = `${JSON.stringify(principal)} ${randomBytes(20).toString('hex')} ${randomBytes(64).toString('hex')}`;
    expect(secretsIn(text)).toEqual([]);
  });
});

describe('a secret is seen', () => {
  const leak = (): string => tokens.refreshToken;
  const cause = () => new Error('inside', { cause: new Error(leak()) });
  it.each<[string, string, () => unknown]>([
    [
      'in a line of the log, also of a level that is not shown',
      'the log',
      () => new Logger('Host').verbose(leak()),
    ],
    [
      'in a line of the log, behind its first argument',
      'the log',
      () => new Logger('Host').error('x', leak()),
    ],
    ['in what a static call writes', 'the log', () => Logger.warn(leak())],
    ['in an object that is logged', 'the log', () => new Logger('Host').log({ deep: { in: [leak()] } })],
    ['in the cause of an error that is logged', 'the log', () => new Logger('Host').error(cause())],
    [
      'in a security event',
      'a security event',
      () =>
        app.app
          .get(SecurityEventSink, { strict: false })
          .record({ type: 'subject_changed', subject: 'ada', reason: leak() }),
    ],
    ['in the message of an error', 'the message of an AuthError', () => new RequestInvalidError(leak())],
  ])('%s', (_, place, say) => {
    say();
    const found = secretWatch.take();
    expect(found.filter((line) => line.startsWith(`a refresh token in ${place}: `))).not.toEqual([]);
    expect(found.join()).not.toContain(leak());
  });

  it('on the console', () => {
    // Of all its methods the one that says nothing here.
    console.assert(true, leak());
    expect(secretWatch.take()).toEqual([expect.stringContaining('a refresh token in the console: ')]);
  });

  it('on a stream', () => {
    // Made up, and wiped out again: this run's reader need not see it.
    process.stderr.write(`s2_${'z'.repeat(86)}\r\x1b[K`);
    expect(secretWatch.take()).toEqual([expect.stringContaining('a session token in a stream: ')]);
  });

  it('and fails the test that it was seen in', () => {
    expect(() => secretWatch.expectNone()).not.toThrow();
    new Logger('Host').log(`Bearer ${tokens.accessToken}`);
    expect(() => secretWatch.expectNone()).toThrow('secrets were seen:\na JWT in the log: Bearer <a JWT>');
    expect(() => secretWatch.expectNone()).not.toThrow();
  });
});
