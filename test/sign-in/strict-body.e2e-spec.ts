import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, RequestInput } from '../support/http-client.js';
import { PASSWORD } from '../support/sign-ins.js';
import { StatementLog } from '../support/statement-log.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';

const GOOD = { identifier: 'ada', password: PASSWORD };
const JSON_TYPE = { 'content-type': 'application/json' };

describe.each(ADAPTERS)('a malformed login, on %s', (adapter) => {
  const log = new StatementLog();
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter, connection: log.connection() });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  /** Refused by code, and before anybody was asked anything. */
  async function expectRefused(input: RequestInput, path = '/auth/login'): Promise<Answer> {
    app.users.calls.length = 0;
    let answer: Answer | undefined;
    const sent = await log.count(async () => {
      answer = await app.client().post(path, input);
    });
    const { status, body, headers, setCookies } = answer!;
    expect({ status, code: body?.code, cache: headers.get('cache-control'), setCookies }).toEqual({
      status: 400,
      code: 'AUTH_REQUEST_INVALID',
      cache: 'no-store',
      setCookies: [],
    });
    expect(body).toEqual({ statusCode: 400, code: 'AUTH_REQUEST_INVALID', message: expect.any(String) });
    expect(app.users.calls).toEqual([]);
    expect(sent).toBe(0);
    return answer!;
  }

  it.each<[string, object]>([
    ['an unknown field', { ...GOOD, admin: true }],
    ['a field in other case', { Identifier: 'ada', password: PASSWORD }],
    ['an unknown mode', { ...GOOD, mode: 'cookie' }],
    ['a mode that is no text', { ...GOOD, mode: 1 }],
    ['no identifier', { password: PASSWORD }],
    ['no password', { identifier: 'ada' }],
    ['an empty identifier', { ...GOOD, identifier: '' }],
    ['an empty password', { ...GOOD, password: '' }],
    ['an identifier of 321 characters', { ...GOOD, identifier: 'a'.repeat(321) }],
    ['a password of 1025 characters', { ...GOOD, password: 'a'.repeat(1025) }],
  ])('with %s', (_name, json) => expectRefused({ json }).then(() => undefined));

  it.each<[string, unknown]>([
    ['a number', 1],
    ['a boolean', true],
    ['null', null],
    ['a list', ['ada']],
    ['an empty list', []],
    ['an object', { $ne: null }],
    ['an object that looks like a text', { toString: 'ada', length: 3 }],
  ])('whose identifier, password or mode is %s', async (_name, value) => {
    for (const field of ['identifier', 'password', 'mode'])
      await expectRefused({ json: { ...GOOD, [field]: value } });
  });

  it.each<[string, string]>([
    ['a list', JSON.stringify([GOOD])],
    ['a text', JSON.stringify('ada')],
    ['a number', '1'],
    ['null', 'null'],
    ['true', 'true'],
    ['an empty object', '{}'],
    ['half an object', '{"identifier":"ada","password":'],
    ['two objects', `${JSON.stringify(GOOD)}${JSON.stringify(GOOD)}`],
    ['no JSON', 'identifier=ada'],
    ['a trailing comma', '{"identifier":"ada","password":"x",}'],
    ['a raw NUL', '{"identifier":"a\0da","password":"x"}'],
    ['__proto__', '{"__proto__":{"identifier":"ada"},"identifier":"ada","password":"x"}'],
    ['__proto__ alone', '{"__proto__":{"identifier":"ada","password":"x"}}'],
    ['constructor', '{"constructor":{"prototype":{"x":1}},"identifier":"ada","password":"x"}'],
    ['deep nesting', `{"identifier":${'['.repeat(8000)}${']'.repeat(8000)}}`],
    ['only white space', '  \n '],
  ])('that is %s', async (_name, raw) => {
    await expectRefused({ raw, headers: JSON_TYPE });
    expect(({} as Record<string, unknown>)['identifier']).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('with an identifier that no database could look up: NUL, half a surrogate pair', async () => {
    await expectRefused({ json: { ...GOOD, identifier: 'ada\0' } });
    await expectRefused({ json: { ...GOOD, identifier: 'ada\ud800' } });
  });

  it.each([
    [
      'a form',
      { 'content-type': 'application/x-www-form-urlencoded' },
      `identifier=ada&password=${PASSWORD}`,
    ],
    ['text', { 'content-type': 'text/plain' }, JSON.stringify(GOOD)],
    ['JSON that calls itself a form', { 'content-type': 'multipart/form-data' }, JSON.stringify(GOOD)],
    ['JSON of a relative type', { 'content-type': 'application/problem+json' }, JSON.stringify(GOOD)],
    ['JSON in another charset', { 'content-type': 'application/json; charset=utf-16' }, JSON.stringify(GOOD)],
    ['JSON among other types', { 'content-type': 'text/plain, application/json' }, JSON.stringify(GOOD)],
    ['JSON of no type', { 'content-type': '' }, JSON.stringify(GOOD)],
  ])('sent as %s', async (_name, headers, raw) => {
    await expectRefused({ raw, headers });
  });

  it('whose credentials are in the query, with a body or without', async () => {
    const query = `/auth/login?identifier=ada&password=${encodeURIComponent(PASSWORD)}`;
    await expectRefused({}, query);
    await expectRefused({ json: {} }, query);
    await expectRefused({ json: { identifier: 'ada' } }, query);
    expect((await app.client().get(query)).status).toBe(404);
    expect(app.users.calls).toEqual([]);
  });

  it('of a megabyte, announced or not, is refused and the connection stays usable', async () => {
    const password = 'a'.repeat(1_048_576);
    await expectRefused({ json: { ...GOOD, password } });
    await expectRefused({ json: { ...GOOD, ['x'.repeat(20_000)]: 1 } });
    const body = JSON.stringify({ ...GOOD, password });
    expect(await chunked(body)).toMatchObject({ status: 400, cache: 'no-store' });
    expect((await app.client().post('/auth/login', { json: GOOD })).status).toBe(200);
  });

  it('that is compressed, or not in UTF-8', async () => {
    const zipped = gzipSync(JSON.stringify(GOOD));
    expect(await chunked(zipped, { 'content-encoding': 'gzip' })).toMatchObject({ status: 400 });
    const latin = Buffer.from('{"identifier":"ad\xe4","password":"x"}', 'latin1');
    expect(await chunked(latin)).toMatchObject({ status: 400, code: 'AUTH_REQUEST_INVALID' });
  });

  it('says what is wrong, never what was sent', async () => {
    const secret = 'hunter2-of-the-client';
    for (const json of [
      { ...GOOD, password: [secret] },
      { ...GOOD, [secret]: 1 },
      { ...GOOD, mode: secret },
    ]) {
      const { body } = await expectRefused({ json });
      expect(JSON.stringify(body)).not.toContain(secret);
    }
    const { body } = await expectRefused({ raw: `{"password":"${secret}`, headers: JSON_TYPE });
    expect(JSON.stringify(body)).not.toContain(secret);
  });

  it('tells the same of every other route that takes a body', async () => {
    for (const path of ['/auth/refresh', '/auth/logout']) {
      await expectRefused({ json: { refresh_token: 1 } }, path);
      await expectRefused({ json: { token: 'x' } }, path);
      await expectRefused({ raw: '{', headers: JSON_TYPE }, path);
      await expectRefused({ raw: 'refresh_token=x', headers: { 'content-type': 'text/plain' } }, path);
    }
  });

  /** Sent in chunks, without a length. */
  function chunked(body: string | Buffer, headers: Record<string, string> = {}) {
    return new Promise<{ status: number | undefined; cache: unknown; code: unknown }>((resolve, reject) => {
      const sent = httpRequest(`${app.url}/auth/login`, {
        method: 'POST',
        headers: { ...JSON_TYPE, 'transfer-encoding': 'chunked', ...headers },
      });
      sent.on('response', (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          const code = (JSON.parse(text) as { code: unknown }).code;
          resolve({ status: response.statusCode, cache: response.headers['cache-control'], code });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
});
