import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { resolveAuthOptions } from '../../options/resolve-auth-options.js';
import { weakSettings } from './settings.js';

const NOW = Date.UTC(2026, 0, 1);
const secret = randomBytes(48).toString('base64url');
const GOOD = { secret, issuer: 'https://api.acme.dev' };

function found(change: object, isProduction = true): readonly string[] {
  const options = resolveAuthOptions({ ...GOOD, ...change }, NOW);
  return weakSettings(options, isProduction, NOW).map(({ level, code }) => `${level} ${code}`);
}

describe('weakSettings', () => {
  it('finds nothing in the defaults', () => {
    expect(found({})).toEqual([]);
  });

  it.each<[object, string, string | null]>([
    [{ secret: 'your-256-bit-secret-your-256-bit-secret' }, 'error weak-secret', 'warning weak-secret'],
    [{ secret: [secret, 'x'.repeat(32)] }, 'error weak-secret', 'warning weak-secret'],
    [
      { keys: [{ alg: 'HS256', kid: 'k', secret: 'z'.repeat(40) }] },
      'error weak-secret',
      'warning weak-secret',
    ],
    [
      { secret: [1, 2, 3].map(() => randomBytes(32).toString('hex')) },
      'note former-secrets',
      'note former-secrets',
    ],
    [{ keys: 'secret' }, 'note keys-by-secret', 'note keys-by-secret'],
    [{ issuer: 'http://localhost:3000' }, 'error issuer-loopback', null],
    [{ issuer: 'http://api.acme.dev' }, 'error issuer-http', 'error issuer-http'],
    [{ issuer: 'https://api.example.com' }, 'warning issuer-example', null],
    [{ trustedOrigins: ['http://app.acme.dev'] }, 'warning origin-http', 'warning origin-http'],
    [{ trustedOrigins: ['http://localhost:5173'] }, 'warning origin-loopback', null],
    [
      { cookies: { session: { name: 'sid', secure: false } } },
      'error cookie-not-secure',
      'warning cookie-not-secure',
    ],
    [
      { cookies: { session: { sameSite: 'none' } } },
      'warning cookie-cross-site',
      'warning cookie-cross-site',
    ],
    [
      { cookies: { refresh: { name: '__Secure-r', domain: 'acme.dev' } } },
      'warning cookie-domain',
      'warning cookie-domain',
    ],
    [{ cookies: { session: { name: 'sid' } } }, 'note cookie-name', 'note cookie-name'],
    [{ revocation: { mode: 'none' } }, 'warning no-revocation', 'warning no-revocation'],
    [{ revocation: { onUnavailable: 'allow' } }, 'warning revoked-allowed', 'warning revoked-allowed'],
    [
      { accessTokens: { lifetime: '2h', longLived: true } },
      'warning long-access-tokens',
      'warning long-access-tokens',
    ],
    [
      { refreshTokens: { acceptAheadUntil: '2026-01-01T12:00:00Z' } },
      'warning accepts-ahead',
      'warning accepts-ahead',
    ],
    [{ credentials: { memoryKiB: 8_192, passes: 1 } }, 'warning weak-hashing', 'warning weak-hashing'],
    [
      { formerIssuers: [{ issuer: 'https://old.acme.dev', until: '2025-12-31T00:00:00Z' }] },
      'warning former-issuer',
      'warning former-issuer',
    ],
    [{ sweepInterval: false }, 'note no-sweep', 'note no-sweep'],
  ])('finds %j', (change, inProduction, elsewhere) => {
    expect(found(change)).toEqual([inProduction]);
    expect(found(change, false)).toEqual(elsewhere === null ? [] : [elsewhere]);
  });

  it('finds no fault with partitioned cookies, nor with hashing that OWASP names', () => {
    expect(found({ cookies: { partitioned: true } })).toEqual([]);
    expect(found({ credentials: { memoryKiB: 12_288, passes: 3 } })).toEqual([]);
    expect(found({ credentials: { memoryKiB: 47_104, passes: 1 } })).toEqual([]);
  });

  it('shows no secret', () => {
    const weak = 'hush-hush-secret-hush-hush-secret';
    const options = resolveAuthOptions({ ...GOOD, secret: weak }, NOW);
    expect(JSON.stringify(weakSettings(options, true, NOW))).not.toContain('hush');
  });
});
