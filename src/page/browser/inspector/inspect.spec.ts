import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signCompactJws } from '../../../../libs/auth/src/access-tokens/compact-jws.js';
import { readPresentedToken } from '../../../../libs/auth/src/cli/inspect/presented-token.js';
import { verdictOn } from '../../../../libs/auth/src/cli/inspect/verdict.js';
import { DerivedKeys } from '../../../../libs/auth/src/crypto/derived-keys.js';
import { readSigningKey } from '../../../../libs/auth/src/keys/signing-key.js';
import { RefreshTokenCodec } from '../../../../libs/auth/src/refresh-tokens/refresh-token-codec.js';
import { SessionTokenCodec } from '../../../../libs/auth/src/sessions/session-token.js';
import { inspect, NoPublicKeys, type PublicKeys, readPublicKeys } from './inspect.js';

const ISSUER = 'https://api.example.com';
const NOW = Date.now();
const SECONDS = Math.floor(NOW / 1000);
const ID = '0b54f5b8-0d1c-4a39-9c0b-3f1c9a1d2e3f';

const claims = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  iss: ISSUER,
  aud: ISSUER,
  sub: 'ada',
  sid: ID,
  jti: ID,
  iat: SECONDS - 60,
  exp: SECONDS + 840,
  auth_time: SECONDS - 60,
  amr: ['pwd'],
  roles: [],
  scope: '',
  sep: 0,
  gep: 0,
  ...change,
});

const encoded = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const HEADER = { alg: 'ES256', kid: 'ES256', typ: 'at+jwt' };
const forged = (header: unknown, payload: unknown, signature = 'AAAA') =>
  `${encoded(header)}.${encoded(payload)}.${signature}`;

const PAIRS = {
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
} as const;
type Alg = keyof typeof PAIRS;
const ALGS = Object.keys(PAIRS) as Alg[];
const signers = new Map(
  ALGS.map((alg) => {
    const { privateKey } = PAIRS[alg]() as { privateKey: KeyObject };
    return [alg, readSigningKey({ alg, kid: alg, privateKey }, 0)];
  }),
);
const jwks = JSON.stringify({
  keys: ALGS.map((alg) => ({
    ...createPublicKey(signers.get(alg)!.signWith as KeyObject).export({ format: 'jwk' }),
    kid: alg,
    alg,
    use: 'sig',
  })),
});
const signed = (change?: Record<string, unknown>, typ = 'at+jwt', alg: Alg = 'ES256') =>
  signCompactJws(claims(change), signers.get(alg) as never, typ);

const keys = (): PublicKeys => readPublicKeys(jwks);
const verdictOf = async (text: string, grounds: { issuer?: string; audience?: string } = {}) => {
  const { tokens } = await inspect(text, { keys: keys(), now: NOW, ...grounds });
  expect(tokens).toHaveLength(1);
  return tokens[0]!.verdict!;
};

describe('the token inspector', () => {
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inspector-'));
    file = join(folder, 'jwks.json');
    await writeFile(file, jwks);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(ALGS)('checks signatures of %s with public keys', async (alg) => {
    const token = await signed({}, 'at+jwt', alg);
    expect(await verdictOf(token)).toMatchObject({
      word: 'good',
      why: 'signature, form and times are good',
      notChecked: [
        'the issuer',
        'the audience',
        'whether its sign-in has ended, which the database alone knows',
      ],
    });
    const [header, , signature] = token.split('.');
    expect(await verdictOf(`${header}.${encoded(claims({ sub: 'eve' }))}.${signature}`)).toMatchObject({
      word: 'refused',
      why: expect.stringContaining('its signature does not fit'),
    });
  });

  const good = () => signed();
  const withSignatureOf = async (header: unknown) => {
    const [, payload, signature] = (await good()).split('.');
    return `${encoded(header)}.${payload}.${signature}`;
  };
  const CASES: [string, () => Promise<string> | string, { issuer?: string; audience?: string }?][] = [
    ['a good one', good, { issuer: ISSUER, audience: ISSUER }],
    ['a service token', () => signed({ sub: 'client:orders', client_id: 'orders' }, 'service+jwt')],
    ['a service token of another subject', () => signed({ sub: 'ada', client_id: 'orders' }, 'service+jwt')],
    ['a type with application/', () => signed({}, 'application/AT+JWT')],
    ['an expired one', () => signed({ iat: SECONDS - 900, exp: SECONDS - 60 })],
    ['one of the future', () => signed({ iat: SECONDS + 60, exp: SECONDS + 900 })],
    ['one that is not valid before', () => signed({ nbf: SECONDS + 60 })],
    ['one within the tolerance', () => signed({ iat: SECONDS - 900, exp: SECONDS - 2 })],
    ['another issuer', () => signed({ iss: 'https://evil.example' }), { issuer: ISSUER }],
    ['another audience', () => signed(), { audience: 'orders' }],
    ['one of several audiences', () => signed({ aud: ['orders', ISSUER] }), { audience: 'orders' }],
    ['another type', () => signed({}, 'JWT')],
    ['no sid', () => signed({ sid: undefined })],
    ['no sid and no roles', () => signed({ sid: undefined, roles: undefined })],
    ['a wrong form', () => signed({ roles: 'admin' })],
    ['a number as scope', () => signed({ scope: 7 })],
    ['a huge epoch', () => signed({ sep: 1e300 })],
    ['an exp of text', () => signed({ exp: 'never' })],
    ['a wrong generation', () => signed({ gen: -1 })],
    ['a client without an epoch', () => signed({ client_id: 'orders' })],
    ['a client with a wrong epoch', () => signed({ client_id: 'orders', cep: 'x' })],
    ['no kid', () => withSignatureOf({ alg: 'ES256', typ: 'at+jwt' })],
    ['no alg', () => withSignatureOf({ kid: 'ES256', typ: 'at+jwt' })],
    ['alg none', () => withSignatureOf({ ...HEADER, alg: 'none' })],
    ['the alg of another key', () => withSignatureOf({ ...HEADER, alg: 'RS256' })],
    ['an unknown kid', () => withSignatureOf({ ...HEADER, kid: 'other' })],
    ['its own key', () => withSignatureOf({ ...HEADER, jwk: {} })],
    ['critical extensions', () => withSignatureOf({ ...HEADER, crit: ['exp'] })],
    ['an empty signature', () => forged(HEADER, claims(), '')],
    ['padding', async () => `${await good()}==`],
    ['trailing bits', () => forged(HEADER, claims(), 'AB')],
    ['a member twice', () => forged('{"alg":"ES256","alg":"ES256","kid":"ES256","typ":"at+jwt"}', claims())],
    ['a claim twice', () => forged(HEADER, `{"sub":"ada",${JSON.stringify(claims()).slice(1)}`)],
    ['too long', () => forged(HEADER, claims({ name: 'x'.repeat(9000) }))],
    ['an algorithm of secrets', () => withSignatureOf({ ...HEADER, alg: 'HS256' })],
  ];

  it.each(CASES)('says the same as "nestjs-aerie inspect": %s', async (_, make, grounds = {}) => {
    const text = await make();
    const command = (await verdictOn(readPresentedToken(text), { jwks: file, secret: null, ...grounds }))!;
    const page = await verdictOf(text, grounds);
    expect({ accepted: page.word === 'good', why: page.why }).toEqual({
      accepted: command.accepted,
      why: command.why,
    });
  });

  it('says what speaks against a token without keys, and that its signature was not checked', async () => {
    const without = async (text: string) =>
      (await inspect(text, { keys: null, now: NOW, issuer: ISSUER })).tokens[0]!.verdict!;
    const unchecked = await without(await good());
    expect(unchecked).toMatchObject({
      word: 'unchecked',
      why: 'form and times are good; signature not checked',
    });
    expect(unchecked.notChecked[0]).toMatch(/^the signature/);
    expect(await without(await signed({ exp: SECONDS - 60, iat: SECONDS - 90 }))).toMatchObject({
      word: 'refused',
      why: 'its time is over, or has not come yet',
    });
    expect((await without(await signed({ iss: 'https://evil.example' }))).why).toContain('evil.example');
  });

  it('explains header and claims, with times in words', async () => {
    const { tokens } = await inspect(`Bearer ${await signed({ name: 'Ada', tenant: 'red' })}`, {
      keys: null,
      now: NOW,
    });
    const [token] = tokens;
    const rowOf = (name: string) => token!.claims.find((row) => row.name === name)!;
    expect(token!.kind).toBe('access token');
    expect(token!.header.map(({ name }) => name)).toEqual(['alg', 'kid', 'typ']);
    expect(rowOf('exp').value).toMatch(/^\d+: .*\(in 1[34] minutes\)$/);
    expect(rowOf('iat').value).toMatch(/\(1 minute ago\)$|\(\d\d seconds ago\)$/);
    expect(rowOf('sid').meaning).toMatch(/sign-in/);
    expect(rowOf('tenant')).toEqual({ name: 'tenant', value: '"red"', meaning: null });
    const known = Object.keys(claims());
    expect(known.filter((name) => rowOf(name).meaning === null)).toEqual([]);
  });

  it('takes the last of two keys of one kid, as the verifier does', async () => {
    const [, other] = (JSON.parse(jwks) as { keys: { kid: string }[] }).keys;
    const [first] = (JSON.parse(jwks) as { keys: { kid: string }[] }).keys;
    const wordWith = async (...list: object[]) => {
      const grounds = { keys: readPublicKeys(JSON.stringify(list)), now: NOW };
      return (await inspect(await good(), grounds)).tokens[0]!.verdict!.word;
    };
    expect(await wordWith({ ...other, kid: first!.kid }, first!)).toBe('good');
    expect(await wordWith(first!, { ...other, kid: first!.kid })).toBe('refused');
  });

  it('reads 50 keys, and says that it leaves out the others', () => {
    const [ec] = (JSON.parse(jwks) as { keys: object[] }).keys;
    const read = readPublicKeys(
      JSON.stringify(Array.from({ length: 51 }, (_, i) => ({ ...ec, kid: `${i}` }))),
    );
    expect([read.keys.length, read.notes]).toEqual([50, ['left out: all keys after the first 50']]);
  });

  it('leaves out keys that are unfit, and shows nothing of them', () => {
    const [ec] = (JSON.parse(jwks) as { keys: object[] }).keys;
    const list = [ec, { ...ec, d: 'PRIVATE' }, { ...ec, kid: '' }, { ...ec, alg: 'HS256' }, 7];
    const read = readPublicKeys(JSON.stringify(list));
    expect(read.keys).toHaveLength(1);
    expect(read.notes).toHaveLength(4);
    expect(JSON.stringify(read.notes)).not.toContain('PRIVATE');
    expect(readPublicKeys(JSON.stringify(ec)).keys).toHaveLength(1);
    for (const text of ['', 'x', '{}', '[]', '{"keys":{}}', '7', 'null', 'x'.repeat(1_000_000)])
      expect(() => readPublicKeys(text)).toThrow(NoPublicKeys);
  });
});

describe('what the inspector finds in a text', () => {
  const derived = new DerivedKeys(['a secret of at least thirty-two bytes, for tests'], ISSUER);
  const refresh = new RefreshTokenCodec(derived).fresh(ID, 41).token;
  const session = new SessionTokenCodec(derived).fresh(ID).token;
  const jwt = forged(HEADER, claims());
  const look = (text: string) => inspect(text, { keys: null, now: NOW });
  const kinds = async (text: string) => (await look(text)).tokens.map(({ kind }) => kind);

  it('reads a family and a generation, or a session, as the command does', async () => {
    const [token] = (await look(refresh)).tokens;
    const { familyId, generation } = readPresentedToken(refresh) as { familyId: string; generation: number };
    expect(token).toMatchObject({ kind: 'refresh token', verdict: null });
    expect(token!.claims.map(({ value }) => value)).toEqual([familyId, String(generation)]);
    expect((await look(session)).tokens[0]!.claims[0]!.value).toBe(ID);
    expect(JSON.stringify(await look(refresh))).not.toContain(refresh.slice(-20));
  });

  it.each([
    ['a Cookie header', `Cookie: theme=dark; __Host-session=${session}; x=1`, ['session token']],
    ['two cookies', `__Host-access=${jwt}; __Host-refresh=${refresh}`, ['access token', 'refresh token']],
    ['JSON', `{"access_token":"${jwt}","refresh_token":"${refresh}"}`, ['access token', 'refresh token']],
    ['a header', `authorization: bearer ${jwt}`, ['access token']],
    ['a link', `https://x.example/reset#token=a1_${'A'.repeat(64)}`, ['token of a link in a mail']],
    ['a sentence', `It was ${jwt}.`, ['access token']],
    ['a secret', `cs1_${'A'.repeat(43)}`, ['secret of a service client']],
    ['a signed URL', `/file?signature=1700000000..${'A'.repeat(43)}`, ['signed URL']],
    [
      'marks',
      `d1_${'A'.repeat(46)} ak1_${'A'.repeat(43)}`,
      ['mark of a known device', 'asker of a link or code'],
    ],
  ])('finds tokens in %s', async (_, text, found) => {
    expect(await kinds(text)).toEqual(found);
  });

  it('shows five tokens of many, and searches 300,000 characters', async () => {
    const many = Array.from({ length: 7 }, (_, i) => `cs1_${i}${'A'.repeat(42)}`).join(' ');
    expect(await kinds(many)).toHaveLength(5);
    expect(await kinds(`x${' '.repeat(299_000)}${jwt}`)).toEqual(['access token']);
    expect(await kinds(`x${' '.repeat(300_000)}${jwt}`)).toEqual([]);
  });

  it('says what is broken, and shows nothing of it', async () => {
    expect((await look(refresh.slice(0, -1))).nothing).toBe(
      'this begins as a token of ours does (rt1_), but is cut short, too long or changed',
    );
    expect((await look('hello')).nothing).toBe(
      'this is neither a JWT nor a token of ours (got 5 bytes, not shown)',
    );
    expect((await look('eyJhbGciOiJub25lIn0.x')).nothing).toMatch(/begins as a JWT/);
    expect(await look('  \n ')).toEqual({ tokens: [], nothing: null });
  });

  const deep = (depth: number, open = '{"a":', close = '}') => `${open.repeat(depth)}1${close.repeat(depth)}`;
  const HOSTILE: [string, string][] = [
    ['1 MB of one letter', 'a'.repeat(1_000_000)],
    ['1 MB of dots', '.'.repeat(1_000_000)],
    ['1 MB of "a."', 'a.'.repeat(500_000)],
    ['1 MB of "eyJ"', 'eyJ'.repeat(333_334)],
    ['1 MB of prefixes', 'rt1_ '.repeat(200_000)],
    ['1 MB of signatures', '?signature=1'.repeat(80_000)],
    ['1 MB of spaces', `${' '.repeat(1_000_000)}x`],
    ['1 MB of NUL', '\0'.repeat(1_000_000)],
    ['bearer and spaces', `bearer ${' '.repeat(1_000_000)}`],
    ['lone surrogates', '\ud800'.repeat(100_000)],
    ['a JWT of 250 KB', forged(HEADER, claims({ name: 'x'.repeat(150_000) }))],
    ['claims nested 10,000 deep', forged(HEADER, deep(10_000))],
    ['lists nested 60,000 deep', forged(HEADER, `{"a":${deep(60_000, '[', ']')}}`)],
    ['a claim nested 1,500 deep, within the size', forged(HEADER, deep(700))],
    ['20,000 claims', forged(HEADER, `{${Array.from({ length: 20_000 }, (_, i) => `"${i}":1`).join(',')}}`)],
    ['a payload that is broken', `${encoded(HEADER)}.${encoded('{"a":')}.AAAA`],
    ['invalid UTF-8', `${encoded(HEADER)}.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.AAAA`],
    [
      'a client nested deep',
      forged({ ...HEADER, typ: 'service+jwt' }, `{"client_id":${deep(3000, '[', ']')}}`),
    ],
  ];
  it.each(HOSTILE)('stands %s within a second', async (_, text) => {
    const started = performance.now();
    const inspection = await inspect(text, { keys: null, now: NOW, issuer: 'x', audience: 'y' });
    expect(performance.now() - started).toBeLessThan(1000);
    expect(JSON.stringify(inspection).length).toBeLessThan(50_000);
  });

  it('shows hostile claims as text', async () => {
    const payload =
      '{"__proto__":{"isAdmin":true},"constructor":1,"exp":1e400,"iat":99999999999999999999,"nbf":-1e300,' +
      '"name":"<img src=x onerror=alert(1)>","turned":"\u202eadmin","half":"\\ud800","n\\u0000":"\\u0007","toString":null}';
    const [token] = (await look(forged(HEADER, payload))).tokens;
    const value = Object.fromEntries(token!.claims.map((row) => [`row ${row.name}`, row.value]));
    expect(value['row __proto__']).toBe('{"isAdmin":true}');
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    expect(value['row exp']).toBe('Infinity: no instant');
    expect(value['row iat']).toMatch(/: no instant$/);
    expect(value['row nbf']).toMatch(/: no instant$/);
    expect(value['row name']).toBe('"<img src=x onerror=alert(1)>"');
    expect(value['row turned']).toBe('"\\u{202e}admin"');
    expect(value['row half']).toBe('"\\ud800"');
    expect(value['row n\\u{0}']).toBe('"\\u0007"');
    expect(token!.claims.find(({ name }) => name === 'toString')!.meaning).toBeNull();
  });
});
