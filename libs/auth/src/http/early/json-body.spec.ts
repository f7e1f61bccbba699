import type { IncomingMessage } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { RequestInvalidError } from '../../errors/auth-error.js';
import { checkBodyHeaders, hasBody, readJson } from './json-body.js';

const withHeaders = (headers: Record<string, string>) => ({ headers }) as unknown as IncomingMessage;
const read = (body: string | Buffer) => readJson(Readable.from(body.length === 0 ? [] : [Buffer.from(body)]));

describe('hasBody', () => {
  it('is told by the headers', () => {
    expect(hasBody(withHeaders({}))).toBe(false);
    expect(hasBody(withHeaders({ 'content-length': '0' }))).toBe(false);
    expect(hasBody(withHeaders({ 'content-length': '1' }))).toBe(true);
    expect(hasBody(withHeaders({ 'transfer-encoding': 'chunked' }))).toBe(true);
  });

  it('is told by the stream in HTTP/2', () => {
    const request = (endAfterHeaders: boolean, headers = {}) =>
      ({ httpVersionMajor: 2, headers, stream: { endAfterHeaders } }) as unknown as IncomingMessage;
    expect(hasBody(request(true))).toBe(false);
    expect(hasBody(request(false))).toBe(true);
    expect(hasBody(request(false, { 'content-length': '0' }))).toBe(true);
  });
});

describe('checkBodyHeaders', () => {
  const check = (headers: Record<string, string>) => checkBodyHeaders(withHeaders(headers));

  it.each([
    'application/json',
    'APPLICATION/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json ; charset="utf-8"',
  ])('takes %s', (type) => {
    expect(() => check({ 'content-type': type })).not.toThrow();
  });

  it.each([
    '',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'application/problem+json',
    'text/json',
    'application/json, text/plain',
    'application/json; charset=utf-16',
    'application/json; charset="utf-8',
    'application/json; x=y',
    'application/json;',
    'xapplication/json',
  ])('refuses "%s"', (type) => {
    expect(() => check({ 'content-type': type })).toThrow(RequestInvalidError);
  });

  it('refuses a body without a type, a compressed one, and one that announces too much', () => {
    expect(() => check({})).toThrow(RequestInvalidError);
    for (const encoding of ['gzip', 'br', 'deflate', 'identity, gzip', 'x'])
      expect(() => check({ 'content-type': 'application/json', 'content-encoding': encoding })).toThrow(
        RequestInvalidError,
      );
    const length = (bytes: number) =>
      check({ 'content-type': 'application/json', 'content-length': String(bytes) });
    expect(() => length(16_384)).not.toThrow();
    expect(() => length(16_385)).toThrow(RequestInvalidError);
  });
});

describe('readJson', () => {
  it('gives an object of plain values, and its text', async () => {
    const text = '{"a":"x","b":1,"c":true,"d":"\\u0000"}';
    expect(await read(text)).toEqual({ text, value: { a: 'x', b: 1, c: true, d: '\0' } });
    expect((await read('{}')).value).toEqual({});
  });

  it('takes nothing for no body, and white space for no JSON', async () => {
    expect(await read('')).toEqual({ text: '', value: undefined });
    for (const text of [' ', '\n\t\r ']) await expect(read(text)).rejects.toThrow(RequestInvalidError);
  });

  it.each([
    '[]',
    '[{}]',
    '"x"',
    '1',
    'null',
    'true',
    '{',
    '{"a":}',
    "{'a':1}",
    '{"a":1,}',
    '{"a":1}{"b":2}',
    'NaN',
    '{"a":"\n"}',
  ])('refuses %j', async (text) => {
    await expect(read(text)).rejects.toThrow(RequestInvalidError);
  });

  it.each([
    '{"a":{}}',
    '{"a":[]}',
    '{"a":null}',
    '{"__proto__":1}',
    '{"constructor":1}',
    '{"\\u005f_proto__":"x"}',
    '{"a":{"__proto__":{}}}',
  ])('refuses members inside members, and names that JavaScript knows: %s', async (text) => {
    await expect(read(text)).rejects.toThrow(RequestInvalidError);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('refuses what is not UTF-8', async () => {
    for (const bytes of [
      Buffer.from([0x7b, 0xff, 0x7d]),
      Buffer.from('{"a":"\xe4"}', 'latin1'),
      Buffer.from('{"a":1}', 'utf16le'),
    ])
      await expect(read(bytes)).rejects.toThrow(RequestInvalidError);
  });

  it('reads 16 KiB, in however many pieces, and not a byte more', async () => {
    const exact = `{"a":"${'x'.repeat(16_384 - 8)}"}`;
    expect(Buffer.byteLength(exact)).toBe(16_384);
    const pieces = (text: string) =>
      Readable.from([...text.matchAll(/.{1,1000}/gs)].map(([piece]) => Buffer.from(piece)));
    expect((await readJson(pieces(exact))).text).toBe(exact);
    await expect(readJson(pieces(`${exact} `))).rejects.toThrow('larger than 16 KiB');
    await expect(readJson(pieces('ü'.repeat(9_000)))).rejects.toThrow('larger than 16 KiB');
  });

  it('keeps a character whole that arrives in two pieces', async () => {
    const bytes = Buffer.from('{"a":"ü"}');
    const at = bytes.indexOf(0xc3) + 1;
    expect((await readJson(Readable.from([bytes.subarray(0, at), bytes.subarray(at)]))).value).toEqual({
      a: 'ü',
    });
  });

  it('rejects when the connection breaks, rather than waiting without end', async () => {
    const broken = new PassThrough();
    const reading = readJson(broken);
    broken.write('{"a":');
    broken.destroy();
    await expect(reading).rejects.toThrow();
    const failing = new PassThrough();
    const failed = readJson(failing);
    failing.destroy(new Error('reset'));
    await expect(failed).rejects.toThrow('reset');
  });
});
