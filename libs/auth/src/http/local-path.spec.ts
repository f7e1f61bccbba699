import { describe, expect, it } from '@jest/globals';
import { RequestInvalidError } from '../errors/auth-error.js';
import { cpuMs } from '../../../../test/support/cpu-time.js';
import { localPath } from './local-path.js';

describe('localPath', () => {
  it.each([
    '/',
    '/orders',
    '/orders/7?sort=-date&next=https%3A%2F%2Fexample.com%2F#top',
    '/orders?url=https://example.com//x',
    '/b%C3%BCcher/100%25',
    '/a/../b',
    '/~ada/@home;v=1,2',
    `/${'x'.repeat(2_047)}`,
  ])('takes %s', (target) => {
    expect(localPath(target)).toBe(target);
    expect(new URL(target, 'https://api.example.com').origin).toBe('https://api.example.com');
  });

  it.each<unknown>([
    undefined,
    null,
    1,
    ['/orders'],
    { toString: () => '/orders' },
    '',
    'orders',
    '.',
    '?x',
    '#x',
    'https://evil.example',
    'https:evil.example',
    'javascript:alert(1)',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '\\/evil.example',
    '/orders\\..\\x',
    '/orders?x=\\',
    '/a//evil.example',
    '/..//evil.example',
    '/%2fevil.example',
    '/%2F%2Fevil.example',
    '/%5cevil.example',
    '/%5C%5Cevil.example',
    '/%252fevil.example',
    '/%25zz%252f%252fevil.example',
    '/%25252fevil.example',
    '/%255cevil.example',
    '/%252525252525252fevil.example',
    '/%09/evil.example',
    '/%0d%0aSet-Cookie:x=1',
    '/%250d%250aSet-Cookie:x=1',
    '/%00',
    '/%7f',
    '/\t/evil.example',
    '/\r\n/evil.example',
    '/\n/evil.example',
    '/ /evil.example',
    ' /orders',
    '/orders ',
    '/\u0000',
    '/\u007f',
    '/\u2028x',
    '/bücher',
    '/\uff0fevil.example',
    '/%',
    '/%zz',
    '/%ff',
    '/%c0%af',
    `/${'x'.repeat(2_048)}`,
  ])('refuses %j', (target) => {
    expect(() => localPath(target)).toThrow(RequestInvalidError);
  });

  it('is not slow for any text', () => {
    const start = cpuMs();
    for (const target of [`/${'%25'.repeat(682)}`, `/${'%2'.repeat(1_000)}`, `/%${'25'.repeat(1_000)}`])
      try {
        localPath(target);
      } catch (error) {
        expect(error).toBeInstanceOf(RequestInvalidError);
      }
    expect(cpuMs() - start).toBeLessThan(1_000);
  });
});
