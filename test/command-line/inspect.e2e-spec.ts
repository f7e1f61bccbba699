import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { signCompactJws } from '../../libs/auth/src/access-tokens/compact-jws.js';
import { DerivedKeys } from '../../libs/auth/src/crypto/derived-keys.js';
import { derivedSigningKeys, KeyRing } from '../../libs/auth/src/keys/key-ring.js';
import { generateSigningKey, readSigningKey } from '../../libs/auth/src/keys/signing-key.js';
import { RefreshTokenCodec } from '../../libs/auth/src/refresh-tokens/refresh-token-codec.js';
import { SessionTokenCodec } from '../../libs/auth/src/sessions/session-token.js';
import type { ProcessEnd } from '../support/processes.js';
import { buildCommand, type CommandUnderTest, endsOf, placed, refusedInOneLine } from './commands.js';

const ISSUER = 'https://api.example.com';
const AUTH_SECRET = 'b5xKq0f1n9Yw3eRtZ7uLhVJ2aGdCsM8k';
const DERIVED = new DerivedKeys([AUTH_SECRET], ISSUER);
const BY_SECRET = ['--secret-env', 'AUTH_SECRET', '--issuer', ISSUER];

/** The claims of an access token, now good. */
function claims(change: Record<string, unknown> = {}): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: ISSUER,
    aud: ISSUER,
    sub: 'ada',
    sid: randomUUID(),
    jti: randomUUID(),
    iat: now - 60,
    exp: now + 840,
    auth_time: now - 60,
    amr: ['pwd'],
    roles: [],
    scope: '',
    sep: 0,
    gep: 0,
    ...change,
  };
}
const derivedKey = derivedSigningKeys(DERIVED)[0]! as never;
const signed = (change?: Record<string, unknown>, typ = 'at+jwt') =>
  signCompactJws(claims(change), derivedKey, typ);

describe('nestjs-aerie inspect', () => {
  let command: CommandUnderTest;
  beforeAll(async () => {
    command = await buildCommand();
  });

  const inspect = (token: string, ...args: string[]): Promise<ProcessEnd> =>
    command.run(['inspect', ...args], { input: `${token}\n`, env: { AUTH_SECRET } });
  const reasonIn = ({ code, stdout }: ProcessEnd): string => {
    expect(code).toBe(1);
    return /refused: (.*)/.exec(stdout)![1]!;
  };
  const refusal = async (token: string, ...args: string[]): Promise<string> => {
    return reasonIn(await inspect(token, ...args));
  };

  it('tells what an access token says, from standard input and as an argument', async () => {
    const token = await signed({ sid: '0b54f5b8-0d1c-4a39-9c0b-3f1c9a1d2e3f', name: 'Ada' });
    const piped = await inspect(`Bearer ${token}`);
    expect(piped).toMatchObject({ code: 0, stderr: '' });
    expect(piped.stdout).toMatch(/^access token\n/);
    expect(piped.stdout).toMatch(/sid +"0b54f5b8-0d1c-4a39-9c0b-3f1c9a1d2e3f"/);
    expect(piped.stdout).toMatch(/name +"Ada"/);
    expect(piped.stdout).toMatch(/expires +\S+Z \(in 1[34] min( \d+ s)?\)/);
    expect(piped.stdout).not.toContain('verdict');
    expect((await command.run(['inspect', token])).stdout).toMatch(/^access token\n/);
  });

  it('prints JSON, and never the signature', async () => {
    const token = await signed();
    const { stdout } = await inspect(token, '--json', ...BY_SECRET);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'access token',
      header: { alg: 'HS256' },
      claims: { sub: 'ada' },
      verdict: { accepted: true },
    });
    expect(stdout).not.toContain(token.split('.')[2]);
  });

  it('accepts a token by the secret, and says what it did not check', async () => {
    const { code, stdout } = await inspect(await signed(), ...BY_SECRET);
    expect(code).toBe(0);
    expect(stdout).toContain('good: ');
    expect(stdout).toContain('not checked: the audience (give --audience)');
    expect(stdout).not.toContain('not checked: the issuer');
    const service = { sub: 'client:orders', client_id: 'orders' };
    expect((await inspect(await signed(service, 'service+jwt'), ...BY_SECRET)).stdout).toMatch(
      /^service token[\s\S]*good: /,
    );
  });

  const UNFIT: [string, () => Promise<string>, string[], RegExp][] = [
    ['an expired one', () => signed({ exp: 1_700_000_000, iat: 1_699_999_000 }), [], /time is over/],
    [
      'one of another issuer',
      () => signed({ iss: 'https://evil.example' }),
      [],
      /issuer \(iss\) is "https:\/\/evil/,
    ],
    ['one for others', () => signed(), ['--audience', 'orders'], /audience \(aud\) is .* must have "orders"/],
    ['one of another type', () => signed({}, 'JWT'), [], /its type is "JWT"/],
    ['one that lacks a claim', () => signed({ sid: undefined }), [], /it has no sid/],
    ['one with a claim of a wrong form', () => signed({ roles: 'admin' }), [], /claims has the wrong form/],
    [
      'a changed one',
      async () => {
        const [header, , signature] = (await signed()).split('.');
        return [
          header,
          Buffer.from(JSON.stringify(claims({ sub: 'eve' }))).toString('base64url'),
          signature,
        ].join('.');
      },
      [],
      /signature does not fit/,
    ],
    [
      'one without a kid',
      async () => {
        const [, payload, signature] = (await signed()).split('.');
        return [Buffer.from('{"alg":"HS256","typ":"at+jwt"}').toString('base64url'), payload, signature].join(
          '.',
        );
      },
      [],
      /header has no kid/,
    ],
    [
      'one that brings its key',
      async () => {
        const [, payload, signature] = (await signed()).split('.');
        const header = { alg: 'HS256', kid: 'k', typ: 'at+jwt', jwk: {} };
        return [Buffer.from(JSON.stringify(header)).toString('base64url'), payload, signature].join('.');
      },
      [],
      /its header has jwk/,
    ],
  ];
  const unfit = endsOf(async () =>
    command.together(
      await Promise.all(
        UNFIT.map(async ([, make, args]) => ({
          args: ['inspect', ...BY_SECRET, ...args],
          input: await make(),
          env: { AUTH_SECRET },
        })),
      ),
    ),
  );
  it.each(placed(UNFIT))('refuses %s, and says why', async (_, _make, _args, why, place) => {
    expect(reasonIn(await unfit(place))).toMatch(why);
  });

  it('takes the secret of an HS key of the application for what it is', async () => {
    const own = readSigningKey({ alg: 'HS256', kid: 'ours', secret: AUTH_SECRET }, 0);
    const token = await signCompactJws(claims(), own as never, 'at+jwt');
    expect((await inspect(token, ...BY_SECRET)).stdout).toContain('good: ');
  });

  it('judges refresh and session tokens by their tag, and shows their ids alone', async () => {
    const id = randomUUID();
    const other = ['--secret-env', 'AUTH_SECRET', '--issuer', 'https://other.example.com'];
    for (const [kind, token] of [
      ['refresh token', new RefreshTokenCodec(DERIVED).fresh(id, 7).token],
      ['session token', new SessionTokenCodec(DERIVED).fresh(id).token],
    ] as const) {
      const { stdout, code } = await inspect(token, ...BY_SECRET);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`^${kind}\\n`));
      expect(stdout).toContain(id);
      expect(stdout).not.toContain(token.slice(30));
      expect(await refusal(token, ...other)).toContain('its tag does not fit');
      expect(refusedInOneLine(await inspect(token, '--secret-env', 'AUTH_SECRET'))).toContain(
        'give --issuer',
      );
      expect(refusedInOneLine(await inspect(token.slice(0, -1)))).toContain('cut short');
    }
  });

  describe('by published keys', () => {
    const asked: IncomingMessage[] = [];
    let server: Server;
    let url: string;
    let jwks: object;
    let token: string;
    beforeAll(async () => {
      const { kid, privateKey } = await generateSigningKey('ES256');
      const key = readSigningKey({ alg: 'ES256', kid, privateKey }, 0);
      jwks = { keys: [...new KeyRing([key]).publicKeys(), { kty: 'RSA', use: 'enc', kid: 'e' }] };
      token = await signCompactJws(claims(), key as never, 'at+jwt');
      server = createServer((request, response) => {
        asked.push(request);
        response.setHeader('content-type', 'application/json').end(JSON.stringify(jwks));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
    });
    afterAll(() => new Promise((resolve) => server.close(resolve)));

    it('accepts from a file, and names keys that are unfit', async () => {
      const path = join(command.folder, 'jwks.json');
      await writeFile(path, JSON.stringify(jwks));
      const { code, stdout } = await inspect(token, '--jwks', path, '--issuer', ISSUER, '--audience', ISSUER);
      expect(code).toBe(0);
      expect(stdout).toContain('good: ');
      expect(stdout).toContain('left out: "keys[1].alg"');
      const withoutKey = await refusal(await signed(), '--jwks', path);
      expect(withoutKey).toContain('no key has its kid');
      expect(withoutKey).not.toContain('the secret');
    });

    it('asks for them where the secret cannot have signed', async () => {
      expect(await refusal(token, ...BY_SECRET)).toContain(
        'the secret alone gives no key for "ES256": give --jwks',
      );
    });

    it('fetches them without the token', async () => {
      asked.length = 0;
      expect((await inspect(token, '--jwks', url)).stdout).toContain('good: ');
      expect(asked.map(({ method, url: path }) => [method, path])).toEqual([['GET', '/jwks.json']]);
      expect(JSON.stringify(asked[0]!.rawHeaders)).not.toContain(token.split('.')[1]);
    });
  });

  const REFUSED: [string, string, string[], RegExp][] = [
    ['nothing', '', [], /there is no token/],
    ['no token', 'hello-there-world', [], /neither a JWT nor a token of ours/],
    ['three parts that are none', 'a.b.c', ['--jwks', 'gone.json'], /neither a JWT/],
    ['a secret twice', 'jwt', ['--secret-env', 'AUTH_SECRET', '--secret-file', 'x'], /give the secret once/],
    ['a secret that is not set', 'jwt', ['--secret-env', 'NOT_SET'], /no variable NOT_SET/],
    ['a short secret', 'jwt', ['--secret-env', 'SHORT'], /the secret has 5 bytes/],
    ['a file that is gone', 'jwt', ['--jwks', 'gone.json'], /cannot read the keys/],
    ['keys by http', 'jwt', ['--jwks', 'http://api.example.com/jwks'], /must be an https URL/],
    ['an issuer without keys', 'jwt', ['--issuer', ISSUER], /need keys/],
  ];
  const refused = endsOf(async () =>
    command.together(
      await Promise.all(
        REFUSED.map(async ([, input, args]) => ({
          args: ['inspect', ...args],
          input: input === 'jwt' ? await signed() : input,
          env: { AUTH_SECRET, SHORT: 'hush!' },
        })),
      ),
    ),
  );
  it.each(placed(REFUSED))('refuses %s in one line, and shows nothing of it', async (...row) => {
    const [, , , why, place] = row;
    const end = await refused(place);
    expect(refusedInOneLine(end)).toMatch(why);
    for (const hidden of [AUTH_SECRET, 'hush!', 'hello-there']) expect(end.stderr).not.toContain(hidden);
  });

  it('warns of a secret among the arguments, and lets no text of a token move the cursor', async () => {
    const token = await signed({ name: '\u009b2J\u202e', ['\u001b[2J']: 1 });
    const { stdout, stderr } = await command.run(['inspect', '--secret', AUTH_SECRET], { input: token });
    expect(stderr).toContain('prefer --secret-env');
    expect(stdout + stderr).not.toContain(AUTH_SECRET);
    // eslint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});
