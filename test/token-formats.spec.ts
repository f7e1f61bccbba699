/** What docs/token-formats.md tells secret scanners is what we hand out, and `redactTokens` takes all of it out of a text. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { redactTokens, SignedUrls } from 'nestjs-aerie';
import { KnownDevices } from '../libs/auth/src/attempts/known-devices.js';
import { DerivedKeys } from '../libs/auth/src/crypto/derived-keys.js';
import { TOKEN_PREFIXES } from '../libs/auth/src/crypto/token-shapes.js';
import { newAsker } from '../libs/auth/src/features/account-flows/askers/asker.js';
import { ActionLinks } from '../libs/auth/src/features/account-flows/tokens/action-link.js';
import { HandoverTokens } from '../libs/auth/src/features/handover/handover-token.js';
import { freshClientSecret } from '../libs/auth/src/features/service-issuer/clients/client-secret.js';
import { RefreshTokenCodec } from '../libs/auth/src/refresh-tokens/refresh-token-codec.js';
import { SessionTokenCodec } from '../libs/auth/src/sessions/session-token.js';
import { failureMessage } from '../libs/auth/src/errors/failure-message.js';
import { es256Key } from './resource-server/es256.js';
import { readPages, rowsOf } from './support/markdown.js';
import { secretsIn } from './support/secret-shapes.js';
import { ISSUER, SECRET } from './support/test-app.js';

const keys = new DerivedKeys([SECRET], ISSUER);
const es256 = es256Key('k');
const urls = new SignedUrls(keys, { proxyPrefix: '' }, Date);
const devices = new KnownDevices(keys, Date);
const signatureOf = (subject?: string): string =>
  /signature=.*/.exec(urls.sign('GET', '/a', { expires: '15m', ...(subject && { subject }) }))![0];

/** The device of a browser on which several users signed in. */
function deviceOf(users: number): string {
  let text: string | null = null;
  for (let user = 0; user < users; user++) text = devices.after(text ?? undefined, `user-${user}`, 0);
  return text!;
}

const FORMS: Readonly<Record<string, () => string>> = {
  'refresh token': () => new RefreshTokenCodec(keys).fresh(randomUUID(), 7).token,
  'session cookie': () => new SessionTokenCodec(keys).fresh(randomUUID()).token,
  'secret of a service client': freshClientSecret,
  'token of a link in a mail': () => new ActionLinks(keys).fresh('reset', randomUUID()).token,
  'link of a handover': () => new HandoverTokens(keys).fresh(randomUUID()).token,
  'access token, service token': () => es256.token(),
  'signature of a signed URL': () => signatureOf(Math.random() < 0.5 ? 'user-1' : undefined),
  'asker of a link or code': () => newAsker('cookie').text,
  'handle of an application': () => newAsker('handle').text,
  'mark of a known device': () => deviceOf(1 + Math.floor(Math.random() * 7)),
};

const page = readPages().find(({ path }) => path === 'docs/token-formats.md')!;
const rows = rowsOf(page, 'what').map(
  ([what = '', shape = '']) => [what, /`(.+)`/.exec(shape)?.[1]] as const,
);

describe('docs/token-formats.md', () => {
  it('has a row for each form', () => {
    expect(rows.map(([what]) => what)).toEqual(Object.keys(FORMS));
    const text = rows.map(([, shape]) => shape).join(' ');
    for (const prefix of TOKEN_PREFIXES) expect(text).toContain(prefix);
  });

  it.each(rows)('gives the form of every %s, and of nothing else', (what, shape) => {
    const form = new RegExp(`^${shape}$`);
    for (let time = 0; time < 50; time++) {
      const token = FORMS[what]!();
      expect(token).toMatch(form);
      expect(token.slice(0, token.startsWith('eyJ') ? -44 : -1)).not.toMatch(form);
    }
    for (const [other, make] of Object.entries(FORMS)) if (other !== what) expect(make()).not.toMatch(form);
  });
});

describe('redactTokens', () => {
  it.each(Object.keys(FORMS))('takes out a %s wherever it stands', (what) => {
    const token = FORMS[what]!();
    for (const text of [
      token,
      `GET /a?token=${token}&b=1`,
      `{"token":"${token}"}`,
      `Bearer ${token}`,
      `x${token}`,
      `Bearer%20${token}`,
      `a ${token} b ${token}`,
    ]) {
      const left = redactTokens(text);
      expect(left).toContain('<redacted>');
      expect(left).not.toContain(token.slice(-20));
      expect(secretsIn(left)).toEqual([]);
    }
    expect(failureMessage(new Error(`the mailer refused ${token}`))).not.toContain(token.slice(-20));
  });

  it('leaves other texts as they are', () => {
    for (const text of [
      '',
      'rt1_',
      'a1_ and s2_',
      'user-1 has 3 sign-ins',
      randomUUID(),
      'https://a.example/?q=1#p',
    ])
      expect(redactTokens(text)).toBe(text);
    expect(failureMessage('text')).toBe('not an Error');
  });

  it('takes time by the length of the text alone', () => {
    const long =
      'eyJ'.repeat(20_000) +
      'rt1_'.repeat(20_000) +
      'signature=1.'.repeat(5_000) +
      'a.'.repeat(50_000) +
      'a'.repeat(100_000);
    const before = performance.now();
    redactTokens(long);
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});
