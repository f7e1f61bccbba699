import { describe, expect, it } from '@jest/globals';
import { AuthConfigError } from '../errors/auth-config-error.js';
import { durationMs } from '../time/duration.js';
import { resolveAuthOptions } from './resolve-auth-options.js';

const SECRET = 'a secret of at least thirty-two bytes, for tests';
const GOOD = { secret: SECRET, issuer: 'https://api.example.com' };
const NOW = Date.UTC(2026, 0, 1);
const FORM = /^"[A-Za-z0-9[\].]+" must be .+ \(got .+\)$/s;

const resolve = (change: object = {}) => resolveAuthOptions({ ...GOOD, ...change }, NOW);
/** Options in which one, named by its path, has a value. */
function withOption(path: string, value: unknown): object {
  const [room, key] = path.split(/\.(.*)/s) as [string, string | undefined];
  return key === undefined ? { [room]: value } : { [room]: withOption(key, value) };
}
function refusal(given: unknown): string {
  try {
    resolveAuthOptions(given, NOW);
  } catch (error) {
    expect(error).toBeInstanceOf(AuthConfigError);
    return (error as Error).message;
  }
  throw new Error(`accepted: ${JSON.stringify(given)}`);
}

const NO_DURATION = [0, 15, 900_000, '', '15', 'soon', '-1s', '1.5h', '10y', true, [], {}, '15m ', '999d'];
const NO_BOOLEAN = [0, 1, 'true', 'false', [], {}];
const NO_FUNCTION = ['x', {}, 1, true];
const BAD: Record<string, readonly unknown[]> = {
  issuer: [
    undefined,
    '',
    'api.example.com',
    'ftp://x',
    '/x',
    1,
    [GOOD.issuer],
    'https://u:p@x.example',
    'https://x.example?a=1',
    'https://x.example/#a',
    `https://${'x'.repeat(300)}.example`,
  ],
  trustedOrigins: [
    'https://app.example.com',
    {},
    [1],
    ['app.example.com'],
    ['https://app.example.com/x'],
    ['*'],
    ['https://fine.example.com', 'null'],
  ],
  defaultMode: ['cookie', '', 'Session', 1, ['session']],
  maxSignInsPerSubject: [0, -1, 1.5, 1_001, '3', Number.NaN, Number.POSITIVE_INFINITY, true, {}],
  onSignInLimit: ['', 'end_oldest', 'Refuse', true, 1],
  keys: [[], 'x', true, 1],
  sweepInterval: [...NO_DURATION, '59s', '25h', true],
  onSecurityEvent: NO_FUNCTION,
  'accessTokens.lifetime': [...NO_DURATION, '59s', '61m', '24h'],
  'accessTokens.longLived': NO_BOOLEAN,
  formerIssuers: [{}, 'https://old.example.com', 1, Array(11).fill({})],
  'accessTokens.audience': ['', [], [''], [1], 1, {}, 'x'.repeat(256), ['a', '']],
  'accessTokens.clockTolerance': [...NO_DURATION, '61s'],
  'accessTokens.claims': NO_FUNCTION,
  'accessTokens.cacheSize': [-1, 1.5, 1_000_001, '10', Number.NaN, Number.POSITIVE_INFINITY],
  'refreshTokens.idle': [...NO_DURATION, '59m', '181d', '31d'],
  'refreshTokens.absolute': [...NO_DURATION, '59m', '366d'],
  'refreshTokens.replayWindow': [...NO_DURATION, '61s'],
  'refreshTokens.lateRetry': [...NO_DURATION, '25h'],
  'refreshTokens.onReuse': ['revoke', '', true],
  'refreshTokens.replayBinding': ['ip', '', true],
  'refreshTokens.acceptAheadUntil': [
    '',
    'tomorrow',
    '2026-01-01',
    '2026-01-02T00:00:00.001Z',
    '2026-01-01T12:00:00+01:00',
    '2026-13-45T00:00:00Z',
    NOW,
    new Date(NOW),
  ],
  'sessions.preset': ['', 'AAL1', 'aal4', 1, true, ['aal1'], 'toString', '__proto__'],
  'sessions.idle': [...NO_DURATION, '59s', '91d', '13h'],
  'sessions.absolute': [...NO_DURATION, '59s', '366d'],
  'sessions.touchInterval': [...NO_DURATION, '11m'],
  'revocation.mode': ['fed', '', true],
  'revocation.pollInterval': [...NO_DURATION, '99ms', '61s'],
  'revocation.maxStaleness': [...NO_DURATION, '61s', '999ms'],
  'revocation.onUnavailable': ['admit', '', true],
  'revocation.maxEntries': [999, 5_000_001, 1.5, '1000', true],
  'revocation.notifications': ['yes', 1],
  'revocation.redis': [{}, 'redis://127.0.0.1', { publish: () => 0 }, true],
  'sessions.cacheSize': [-1, 1_000_001, 1.5, '1', true],
  'accessTokens.endOnRotation': NO_BOOLEAN,
  'accessTokens.cookie': NO_BOOLEAN,
  cache: ['redis://127.0.0.1', 1, true, {}, [], { get: () => 1, set: () => 1 }, new Map()],
  'credentials.memoryKiB': [8_191, 1_048_577, '19456', 1.5],
  'credentials.passes': [0, 21, '2'],
  'credentials.lanes': [0, 17, '1'],
  'cookies.session.name': ['', 'a b', 'a=b', 'a;b', 'ä', 1, 'x'.repeat(65), 'a,b', 'a\r\nb'],
  'cookies.session.secure': [...NO_BOOLEAN],
  'cookies.session.sameSite': ['Strict', '', false],
  'cookies.session.domain': ['', 'a b', 'x;y', 1, 'https://x', 'a/b'],
  'cookies.partitioned': NO_BOOLEAN,
  'cookies.refresh.name': ['', 'a b'],
  'cookies.refresh.sameSite': ['Lax', 'no'],
  'cookies.refresh.path': [
    '',
    'api',
    '/api/',
    '/a b',
    '/a;b',
    '//',
    1,
    '/a?b',
    '/..',
    '/a/./b',
    `/${'a'.repeat(255)}`,
  ],
};
const ROOMS = [
  'accessTokens',
  'refreshTokens',
  'sessions',
  'cookies',
  'cookies.session',
  'cookies.refresh',
  'signedUrls',
  'revocation',
  'credentials',
];

describe('resolveAuthOptions', () => {
  it.each([
    ['formerIssuers[0]', ['https://old.example.com']],
    ['formerIssuers[0].until', [{ issuer: 'https://old.example.com' }]],
    ['formerIssuers[0].until', [{ issuer: 'https://old.example.com', until: 'soon' }]],
    ['formerIssuers[0].until', [{ issuer: 'https://old.example.com', until: '2026-13-01T00:00:00Z' }]],
    ['formerIssuers[0].until', [{ issuer: 'https://old.example.com', until: '2027-01-03T00:00:00Z' }]],
    ['formerIssuers[0].issuer', [{ issuer: 'old.example.com', until: '2026-01-01T00:00:00Z' }]],
    [
      'formerIssuers[0].origin',
      [{ issuer: 'https://old.example.com', until: '2026-01-01T00:00:00Z', origin: 1 }],
    ],
    ['formerIssuers[0].issuer', [{ issuer: GOOD.issuer, until: '2026-01-01T00:00:00Z' }]],
    [
      'formerIssuers[1].issuer',
      Array(2).fill({ issuer: 'https://old.example.com', until: '2026-01-01T00:00:00Z' }),
    ],
  ])('names %s when it is wrong', (path, formerIssuers) => {
    expect(refusal({ ...GOOD, formerIssuers }).startsWith(`"${path}" must be `)).toBe(true);
  });

  it('takes a former issuer for no origin', () => {
    const formerIssuers = [{ issuer: 'https://old.example.com', until: '2026-02-01T00:00:00Z' }];
    expect(resolve({ formerIssuers }).origins).toEqual(['https://api.example.com']);
    expect(resolve({ formerIssuers }).formerIssuers).toEqual([
      { issuer: 'https://old.example.com', until: Date.UTC(2026, 1, 1) },
    ]);
  });

  it.each(Object.entries(BAD))('refuses every bad value of %s, and names it', (path, values) => {
    for (const value of values) {
      const message = refusal({ ...GOOD, ...withOption(path, value) });
      expect(message).toMatch(FORM);
      // Of a list the message may name the entry.
      expect(message.replace(/^("[^"[]+)\[\d+\]"/, '$1"').startsWith(`"${path}" must be `)).toBe(true);
    }
  });

  it('refuses null for every option, rather than taking the default for it', () => {
    const taken = Object.keys(BAD).filter((path) => {
      try {
        resolveAuthOptions({ ...GOOD, ...withOption(path, null) }, NOW);
        return true;
      } catch {
        return false;
      }
    });
    expect(taken).toEqual([]);
  });

  it.each(ROOMS)('refuses %s that is no object, or has an unknown key', (room) => {
    for (const value of [null, 1, 'x', true, [], () => ({})])
      expect(refusal({ ...GOOD, ...withOption(room, value) })).toMatch(
        /^"[\w.]+" must be an object \(got .+\)$/,
      );
    expect(refusal({ ...GOOD, ...withOption(`${room}.lifetimes`, '1h') })).toContain(
      `"${room}.lifetimes" must be left out`,
    );
  });

  it('says that limits are raised, not switched off', () => {
    expect(refusal({ ...GOOD, attempts: false })).toBe(
      '"attempts" must be an object of limits, such as { unknownDevices: 10_000 }: each can be raised, none switched off (got false)',
    );
  });

  it('refuses an unknown key, and says which there are', () => {
    const message = refusal({ ...GOOD, secrets: SECRET });
    expect(message).toMatch(/^"secrets" must be left out: .*known here: .*secret.*\)$/);
    expect(message).not.toContain(SECRET);
  });

  it.each([
    undefined,
    null,
    '',
    'short',
    'x'.repeat(31),
    1,
    {},
    [],
    [''],
    [SECRET, 'short'],
    [SECRET, SECRET],
    [SECRET, undefined],
    Buffer.alloc(64),
  ])('refuses a secret that is empty, short or no text, and never shows it: %j', (secret) => {
    const message = refusal({ issuer: GOOD.issuer, secret });
    expect(message).toMatch(
      /^"secret" must be a string of at least 32 bytes, such as "openssl rand -base64 48" prints, .*\(got (undefined|(?!undefined).+, not shown)\)$/,
    );
    for (const text of ['short', SECRET, 'xxx']) expect(message).not.toContain(text);
  });

  it('never shows what may be a key', () => {
    const secret = 'hush, this is a signing secret';
    const pem = '-----BEGIN PRIVATE KEY-----\nMIIEvQ';
    for (const keys of [{ alg: 'HS256', kid: 'k', secret }, secret, pem]) {
      const message = refusal({ ...GOOD, keys });
      expect(message).toContain('"keys" must be "managed", "secret", or a list');
      for (const text of ['hush', 'PRIVATE']) expect(message).not.toContain(text);
    }
  });

  it('takes keys that manage themselves, and rules for those alone', () => {
    expect(resolve({ keys: 'secret' }).keys).toBe('secret');
    const managedKeys = { alg: 'EdDSA', rotateEvery: '30d', announce: '2d' };
    expect(resolve({ managedKeys }).managedKeys).toMatchObject({ alg: 'EdDSA', announceMs: 172_800_000 });
    expect(refusal({ ...GOOD, keys: 'secret', managedKeys })).toContain('"managedKeys" must be left out');
    expect(refusal({ ...GOOD, managedKeys: { rotateEvery: '20d' } })).toContain(
      '"managedKeys.announce" must be at most half of "managedKeys.rotateEvery"',
    );
    expect(refusal({ ...GOOD, managedKeys: { alg: 'HS256' } })).toContain('"managedKeys.alg" must be one of');
  });

  it('counts a secret in bytes', () => {
    expect(resolve({ secret: 'ü'.repeat(16) }).secrets).toEqual(['ü'.repeat(16)]);
  });

  it('refuses limits that contradict each other', () => {
    expect(refusal({ ...GOOD, refreshTokens: { idle: '20d', absolute: '10d' } })).toMatch(
      /^"refreshTokens.idle" must be no longer/,
    );
    expect(refusal({ ...GOOD, sessions: { idle: '2h', absolute: '1h' } })).toMatch(
      /^"sessions.idle" must be no longer/,
    );
  });

  it.each([
    ['aal1', '30d', '30d'],
    ['aal2', '1h', '24h'],
    ['aal3', '15m', '12h'],
  ] as const)('has the limits of %s: idle %s, absolute %s', (preset, idle, absolute) => {
    const { idleMs, absoluteMs, touchIntervalMs } = resolve({ sessions: { preset } }).sessions;
    expect([idleMs, absoluteMs]).toEqual([durationMs(idle), durationMs(absolute)]);
    expect(touchIntervalMs).toBe(60_000);
    // The limits themselves are as strict as the level asks.
    expect(resolve({ sessions: { preset, idle, absolute } }).sessions).toMatchObject({ idleMs, absoluteMs });
  });

  it('takes what is stricter than a preset, and nothing else', () => {
    const sessions = (given: object) => resolve({ sessions: given }).sessions;
    expect(sessions({ preset: 'aal2', idle: '10m' })).toMatchObject({
      idleMs: 600_000,
      absoluteMs: 86_400_000,
    });
    expect(sessions({ preset: 'aal1', absolute: '7d' })).toMatchObject({
      idleMs: 604_800_000,
      absoluteMs: 604_800_000,
    });
    expect(sessions({ preset: 'aal3', absolute: '10m' })).toMatchObject({
      idleMs: 600_000,
      absoluteMs: 600_000,
    });
    const looser = (given: object) => refusal({ ...GOOD, sessions: given });
    expect(looser({ preset: 'aal2', idle: '61m' })).toBe(
      '"sessions.idle" must be a duration between 1m and 1h (got "61m")',
    );
    expect(looser({ preset: 'aal2', absolute: '25h' })).toBe(
      '"sessions.absolute" must be a duration between 1m and 24h (got "25h")',
    );
    expect(looser({ preset: 'aal1', idle: '31d' })).toMatch(/^"sessions.idle" must be .* 30d/);
    expect(looser({ preset: 'aal3', idle: '16m' })).toMatch(/^"sessions.idle" must be .* 15m/);
    expect(looser({ preset: 'aal3', absolute: '13h' })).toMatch(/^"sessions.absolute" must be .* 12h/);
    expect(looser({ preset: 'aal2', idle: '40m', absolute: '30m' })).toMatch(
      /^"sessions.idle" must be no longer/,
    );
  });

  it('refuses rotations that end access tokens where no check would see it', () => {
    const accessTokens = { endOnRotation: true };
    for (const mode of ['none', 'feed', undefined])
      expect(refusal({ ...GOOD, accessTokens, revocation: { mode } })).toMatch(
        /^"accessTokens\.endOnRotation" must be false unless "revocation\.mode" is "lookup"/,
      );
    const resolved = resolve({ accessTokens, revocation: { mode: 'lookup' } });
    expect(resolved.accessTokens.endOnRotation).toBe(true);
  });

  it("takes the application's cache as it is, unfrozen, and shows nothing of what is none", () => {
    const cache = { get: async () => 1, set: async () => 1, del: async () => 1, stores: [] };
    expect(resolve({ cache }).cache).toBe(cache);
    expect(Object.isFrozen(cache)).toBe(false);
    expect(refusal({ ...GOOD, cache: { url: 'redis://:hunter2@host', get: 1 } })).not.toContain('hunter2');
  });

  it('refuses a cookie that a browser would drop', () => {
    const cookies = (session: object, refresh: object = {}) =>
      refusal({ ...GOOD, cookies: { session, refresh } });
    expect(cookies({ secure: false })).toContain('"cookies.session.secure" must be true');
    expect(cookies({ name: '__Secure-s', secure: false })).toContain('"cookies.session.secure"');
    expect(cookies({ name: '__HOST-s', secure: false })).toContain('"cookies.session.secure"');
    expect(cookies({ name: 's', secure: false, sameSite: 'none' })).toContain('"cookies.session.secure"');
    expect(cookies({ domain: 'example.com' })).toContain('"cookies.session.domain" must be left out');
    expect(cookies({}, { name: '__Host-refresh', path: '/auth' })).toContain(
      '"cookies.refresh.path" must be "/" for a cookie named __Host-refresh',
    );
    expect(cookies({}, { secure: false })).toContain('"cookies.refresh.secure"');
  });

  it('refuses partitioned cookies that a browser would drop, and makes SameSite what they need', () => {
    const cookies = (kind: string, options: object) =>
      refusal({ ...GOOD, cookies: { partitioned: true, [kind]: options } });
    for (const kind of ['session', 'refresh']) {
      for (const sameSite of ['strict', 'lax'])
        expect(cookies(kind, { sameSite })).toContain(`"cookies.${kind}.sameSite" must be "none"`);
      expect(cookies(kind, { name: 'x', secure: false })).toContain(`"cookies.${kind}.secure" must be true`);
    }
    const { session, refresh } = resolve({ cookies: { partitioned: true } }).cookies;
    expect([session.sameSite, refresh.sameSite]).toEqual(['none', 'none']);
  });

  it('refuses two cookies of one name', () => {
    const same = { session: { name: 'auth' }, refresh: { name: 'AUTH' } };
    expect(refusal({ ...GOOD, cookies: same })).toMatch(/^"cookies.refresh.name" must be another name/);
  });

  it('gives the cookie of access tokens what the session cookie has, and a name that goes with it', () => {
    const access = (session: object, own: object = {}) =>
      resolve({ accessTokens: { cookie: true }, cookies: { session, access: own } }).cookies.access;
    const plain = { name: '__Host-access', secure: true, sameSite: 'strict', domain: null, path: '/' };
    expect(access({})).toEqual(plain);
    expect(access({ sameSite: 'lax' })).toEqual({ ...plain, sameSite: 'lax' });
    const domain = 'example.com';
    expect(access({ name: 's', domain })).toEqual({ ...plain, name: '__Secure-access', domain });
    expect(access({ name: 's', secure: false })).toEqual({ ...plain, name: 'access', secure: false });
    expect(access({}, { name: '__Secure-a', domain, sameSite: 'none' })).toEqual({
      ...plain,
      name: '__Secure-a',
      domain,
      sameSite: 'none',
    });
  });

  it('refuses a cookie of access tokens that is not in use, has a taken name, or that a browser would drop', () => {
    const cookies = (given: object, cookie = true) =>
      refusal({ ...GOOD, accessTokens: { cookie }, cookies: given });
    expect(cookies({ access: { name: 'a' } }, false)).toContain('"cookies.access" must be left out unless');
    for (const name of ['__Host-Session', '__host-refresh'])
      expect(cookies({ access: { name } })).toContain('"cookies.access.name" must be another name');
    expect(cookies({ access: { secure: false } })).toContain('"cookies.access.secure" must be true');
    expect(cookies({ access: { domain: 'example.com' } })).toContain(
      '"cookies.access.domain" must be left out',
    );
    expect(cookies({ partitioned: true, access: { sameSite: 'lax' } })).toContain(
      '"cookies.access.sameSite"',
    );
    expect(resolve({ cookies: { session: { name: '__Host-access' } } }).cookies.session.name).toBe(
      '__Host-access',
    );
  });

  it.each<[unknown]>([[undefined], [null], ['x'], [[]], [1]])('refuses options that are %j', (given) => {
    expect(() => resolveAuthOptions(given, NOW)).toThrow(AuthConfigError);
  });

  it('fills in what was left out', () => {
    expect(resolve()).toMatchObject({
      secrets: [SECRET],
      origins: ['https://api.example.com'],
      defaultMode: 'session',
      maxSignInsPerSubject: null,
      onSignInLimit: 'end-oldest',
      keys: 'managed',
      managedKeys: { alg: 'ES256', rotateEveryMs: 7_776_000_000, announceMs: 1_209_600_000 },
      accessTokens: {
        lifetimeMs: 900_000,
        longestLifetimeMs: 3_600_000,
        audience: [GOOD.issuer],
        clockToleranceMs: 5_000,
        cacheSize: 10_000,
        endOnRotation: false,
      },
      refreshTokens: {
        idleMs: 1_209_600_000,
        absoluteMs: 2_592_000_000,
        replayWindowMs: 30_000,
        lateRetryMs: 3_600_000,
        onReuse: 'revoke-family',
        replayBinding: 'none',
        acceptAheadUntil: null,
      },
      sessions: { idleMs: 1_800_000, absoluteMs: 43_200_000, touchIntervalMs: 60_000 },
      cookies: {
        session: {
          name: '__Host-session',
          secure: true,
          sameSite: 'strict',
          domain: null,
          path: '/',
        },
        refresh: {
          name: '__Host-refresh',
          secure: true,
          sameSite: 'strict',
          domain: null,
          path: '/',
        },
        partitioned: false,
      },
      revocation: { mode: 'feed' },
      cache: null,
      credentials: { memoryKiB: 19_456, passes: 2, lanes: 1 },
      sweepIntervalMs: 600_000,
      onSecurityEvent: null,
    });
  });

  it('takes the limits themselves', () => {
    expect(resolve({ accessTokens: { lifetime: '24h', longLived: true } }).accessTokens.lifetimeMs).toBe(
      86_400_000,
    );
    expect(resolve({ sweepInterval: false }).sweepIntervalMs).toBeNull();
    expect(resolve({ refreshTokens: { replayWindow: '0s', lateRetry: '0s' } }).refreshTokens).toMatchObject({
      replayWindowMs: 0,
      lateRetryMs: 0,
    });
    expect(
      resolve({ refreshTokens: { acceptAheadUntil: '2026-01-02T00:00:00Z' } }).refreshTokens.acceptAheadUntil,
    ).toBe(NOW + 86_400_000);
    expect(resolve({ trustedOrigins: ['https://App.example.com:8443'] }).origins).toEqual([
      'https://api.example.com',
      'https://app.example.com:8443',
    ]);
    expect(resolve({ issuer: 'https://api.example.com:8443/auth' }).origins).toEqual([
      'https://api.example.com:8443',
    ]);
  });

  it('writes origins as browsers do, each once', () => {
    const trustedOrigins = [
      'https://Bücher.example/',
      'capacitor://localhost',
      'https://API.example.com:443',
      'https://xn--bcher-kva.example',
    ];
    expect(resolve({ trustedOrigins }).origins).toEqual([
      'https://api.example.com',
      'https://xn--bcher-kva.example',
      'capacitor://localhost',
    ]);
    expect(resolve({ issuer: 'https://Bücher.example:443/auth' }).origins).toEqual([
      'https://xn--bcher-kva.example',
    ]);
  });

  it('says which origin is wrong, and why', () => {
    expect(
      refusal({ ...GOOD, trustedOrigins: ['https://app.example.com', 'https://app.example.com/login'] }),
    ).toBe(
      '"trustedOrigins[1]" must be an origin alone, without a path, a query and a fragment, such as ' +
        '"https://app.example.com" (got "https://app.example.com/login")',
    );
  });

  it('is frozen, all the way down', () => {
    const resolved = resolve();
    expect(Object.isFrozen(resolved)).toBe(true);
    const open: string[] = [];
    const look = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      if (!Object.isFrozen(value)) open.push(path);
      for (const [name, member] of Object.entries(value)) look(member, `${path}.${name}`);
    };
    look(resolved, 'options');
    expect(open).toEqual([]);
  });

  it('does not take options from a prototype', () => {
    expect(refusal(Object.create(GOOD))).toMatch(/^"secret"/);
  });
});
