import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { cpuMs } from '../../../../test/support/cpu-time.js';
import { readCompactJws } from './compact-jws.js';

const HEADER = '{"alg":"HS256","kid":"k","typ":"at+jwt"}';
const CLAIMS = '{"sub":"u","roles":["a","b"],"n":{"x":1}}';
const encode = (text: string) => Buffer.from(text).toString('base64url');
const jws = (header = HEADER, claims = CLAIMS, signature = 'AAAA') =>
  `${encode(header)}.${encode(claims)}.${signature}`;

describe('readCompactJws', () => {
  it('reads header and payload', () => {
    expect(readCompactJws(jws())).toMatchObject({ header: JSON.parse(HEADER), payload: JSON.parse(CLAIMS) });
  });

  it.each([
    '',
    '.',
    '..',
    'a.b',
    `${encode(HEADER)}.${encode(CLAIMS)}`,
    `${encode(HEADER)}.${encode(CLAIMS)}.`,
    `.${encode(CLAIMS)}.AAAA`,
    `${encode(HEADER)}..AAAA`,
    `${jws()}.`,
    `${jws()}.AAAA`,
    `.${jws()}`,
  ])('wants three segments: "%s"', (token) => {
    expect(readCompactJws(token)).toBeUndefined();
  });

  it('wants each segment in base64url, canonically', () => {
    for (const signature of ['AAAA=', 'AA+A', 'AA/A', 'AA A', 'A', 'AAAAA', 'AB', 'AAB', 'AA\n', 'é'])
      expect(readCompactJws(jws(HEADER, CLAIMS, signature))).toBeUndefined();
    expect(readCompactJws(jws(HEADER, CLAIMS, 'AA'))).toBeDefined();
    expect(readCompactJws(`${encode(HEADER)}=.${encode(CLAIMS)}.AAAA`)).toBeUndefined();
  });

  it.each(['[]', '"x"', '1', 'null', 'true', '', '{', '{}x', '{"a":undefined}', "{'a':1}"])(
    'wants objects: %s',
    (text) => {
      expect(readCompactJws(jws(HEADER, text))).toBeUndefined();
      expect(readCompactJws(jws(text))).toBeUndefined();
    },
  );

  it('wants alg and kid as texts', () => {
    for (const header of [
      '{}',
      '{"alg":"HS256"}',
      '{"kid":"k"}',
      '{"alg":1,"kid":"k"}',
      '{"alg":"HS256","kid":["k"]}',
      '{"alg":null,"kid":null}',
    ])
      expect(readCompactJws(jws(header))).toBeUndefined();
  });

  it.each(['crit', 'b64', 'zip', 'jwk', 'jku', 'x5u', 'x5c'])(
    'takes no header with %s, whatever it holds',
    (name) => {
      for (const value of ['true', 'false', 'null', '[]', '{}', '""', '"x"'])
        expect(readCompactJws(jws(HEADER.replace('{', `{"${name}":${value},`)))).toBeUndefined();
    },
  );

  it('takes no member twice, at any depth and however it is written', () => {
    for (const text of [
      '{"a":1,"a":1}',
      '{"a":1,"a":2,"b":3}',
      '{"a":1,"\\u0061":2}',
      '{"a" : 1 , "a"\n:\t2}',
      '{"x":{"a":1,"a":2}}',
      '{"x":[{"a":1,"a":2}]}',
      '{"__proto__":1,"__proto__":2}',
      '{"":1,"":2}',
      '{"a\\"b":1,"a\\"b":2}',
    ]) {
      expect(readCompactJws(jws(HEADER, text))).toBeUndefined();
    }
    expect(readCompactJws(jws('{"alg":"HS256","kid":"k","alg":"none"}'))).toBeUndefined();
  });

  it('is not misled by texts that look like members', () => {
    for (const text of [
      '{"a":"\\"b\\":","c":"x: y"}',
      '{"a":"\\\\","b":1}',
      '{"a":["x","y"],"b":"c"}',
      '{"a":{"a":{"a":1}}}',
      '{"a\\\\":1,"a":2}',
    ]) {
      expect(readCompactJws(jws(HEADER, text))?.payload).toEqual(JSON.parse(text));
    }
  });

  it('reads at most 8 KiB, and that quickly, whatever it is', () => {
    const filled = (length: number) => jws(HEADER, CLAIMS, 'A'.repeat(length));
    const room = 8_192 - filled(0).length;
    expect(readCompactJws(filled(room - (room % 4)))).toBeDefined();
    expect(readCompactJws(filled(8_192))).toBeUndefined();
    const start = cpuMs();
    for (const token of ['.'.repeat(1e6), 'A'.repeat(1e7), jws(HEADER, `{"a":"${'\\"'.repeat(2_900)}`)])
      expect(readCompactJws(token)).toBeUndefined();
    for (const depth of [500, 1_500, 2_900])
      expect(() =>
        readCompactJws(jws(HEADER, `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`)),
      ).not.toThrow();
    expect(cpuMs() - start).toBeLessThan(500);
  });

  it('takes about as long for deep nesting as for the same length of lists side by side', () => {
    const cost = (value: string): number => {
      const token = jws(HEADER, `{"a":${value}}`);
      const start = cpuMs();
      for (let round = 0; round < 200; round++) readCompactJws(token);
      return cpuMs() - start;
    };
    const [deep, flat] = [`${'['.repeat(2_900)}${']'.repeat(2_900)}`, `[${'[],'.repeat(1_932)}[]]`];
    cost(flat);
    const costs = [deep, deep, deep].map(cost);
    // JSON.parse() alone takes five times as long.
    expect(Math.min(...costs)).toBeLessThan(10 * Math.max(cost(flat), cost(flat)));
  });

  it('keeps no token, nor the text that it was cut from', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const read = (kid: string) => {
      const [token, length] = [jws(`{"alg":"HS256","kid":"${kid}"}`), 2 ** 20];
      return readCompactJws(`${' '.repeat(length)}${token}`.slice(length));
    };
    const heapAfter = (round: string): number => {
      for (let index = 0; index < 16; index++) expect(read(`${round}-${index}`)).toBeDefined();
      collect();
      return process.memoryUsage().heapUsed;
    };
    collect();
    const before = process.memoryUsage().heapUsed;
    // The cache of headers may have been emptied in one of the two.
    expect(Math.max(heapAfter('1'), heapAfter('2')) - before).toBeLessThan(8 * 2 ** 20);
  });
});
