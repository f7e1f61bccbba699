import { describe, expect, it } from '@jest/globals';
import { accountMailText } from './account-mail-text.js';
import type { AccountMail, MailAsked } from './account-mailer.js';

const at = new Date(Date.UTC(2030, 0, 2, 3, 4));
const textOf = (asked: Partial<MailAsked>, changes: Partial<AccountMail> = {}): string =>
  accountMailText(
    {
      id: '9f1c4e0e-6d2f-4a5b-8a3e-2f6f0c1d7b11',
      kind: 'reset-password',
      to: 'ada@mail.example',
      link: 'https://app.example/auth/password/reset#token=x',
      code: null,
      locale: null,
      expiresAt: null,
      asked: { ip: '203.0.113.9', userAgent: null, at, ...asked },
      ...changes,
    },
    { service: 'Example' },
  ).text;

describe('the text of a mail', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0',
      ' with Edge on Windows',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0', ' with Firefox on Linux'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
      ' with Safari on iOS',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36',
      ' with Chrome on Android',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
      ' with Safari on macOS',
    ],
    ['curl/8.9.1', ''],
  ])('says where it was asked for: %s', (userAgent, device) => {
    expect(textOf({ userAgent })).toContain(
      `Asked for at 2030-01-02 03:04 UTC, from 203.0.113.9${device}.\n`,
    );
  });

  it('repeats nothing that a client calls itself: a stranger could write to the reader there', () => {
    const text = textOf({
      userAgent: 'Your account is at risk: sign in at https://evil.example/ Firefox/1',
      ip: 'evil.example',
    });
    expect(text).not.toMatch(/evil|risk/);
    expect(text).toContain('from an unknown address with Firefox.');
  });
});
