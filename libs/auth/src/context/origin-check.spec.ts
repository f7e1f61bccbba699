import { describe, expect, it } from '@jest/globals';
import { CsrfRejectedError } from '../errors/auth-error.js';
import { checkOrigin, checkOriginHeaders } from './origin-check.js';

const OURS = ['https://api.example.com', 'https://app.example.com:8443'];
const HOST = 'localhost:3000';

function verdict(
  headers: Record<string, string | string[] | undefined>,
  method = 'POST',
): 'taken' | 'refused' {
  try {
    checkOrigin({ method, headers }, OURS);
    return 'taken';
  } catch (error) {
    expect(error).toBeInstanceOf(CsrfRejectedError);
    return 'refused';
  }
}

describe('checkOrigin', () => {
  const SITES = [undefined, 'same-origin', 'same-site', 'cross-site', 'none', 'garbage', ''] as const;
  const ORIGINS = {
    none: undefined,
    ours: OURS[0],
    trusted: OURS[1],
    shouted: OURS[0]!.toUpperCase(),
    host: `http://${HOST}`,
    'host over https': `https://${HOST}`,
    null: 'null',
    empty: '',
    evil: 'https://evil.example',
    'look-alike': 'https://api.example.com.evil.example',
    'other port': 'https://api.example.com:8443',
    'other scheme': 'http://api.example.com',
    'trusted without its port': 'https://app.example.com',
    'with a path': 'https://api.example.com/',
    'host with a path': `http://${HOST}/`,
    'host as a prefix': `http://${HOST}.evil.example`,
  };

  it.each(Object.entries(ORIGINS))('Origin %s: with every Sec-Fetch-Site', (name, origin) => {
    for (const site of SITES) {
      const expected =
        name === 'none'
          ? site === undefined || site === 'same-origin' || site === 'none'
          : name === 'ours' || name === 'trusted' || name === 'shouted'
            ? true
            : name.startsWith('host') &&
              !name.includes('path') &&
              !name.includes('prefix') &&
              site === 'same-origin';
      const headers = {
        host: HOST,
        ...(origin !== undefined && { origin }),
        ...(site !== undefined && { 'sec-fetch-site': site }),
      };
      expect([site, verdict(headers)]).toEqual([site, expected ? 'taken' : 'refused']);
    }
  });

  it('asks nothing of methods that change nothing', () => {
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'get']) expect(verdict(headers, method)).toBe('taken');
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'CONNECT', 'PROPFIND', 'X'])
      expect(verdict(headers, method)).toBe('refused');
  });

  it('takes a request that has no method for one that changes something', () => {
    expect(() => checkOrigin({ headers: { origin: 'null' } }, OURS)).toThrow(CsrfRejectedError);
  });

  it('does not take the Host header for an origin that is ours', () => {
    expect(verdict({ host: 'evil.example', origin: 'https://evil.example' })).toBe('refused');
    expect(verdict({ origin: 'http://undefined', 'sec-fetch-site': 'same-origin' })).toBe('refused');
  });

  it('of a handshake, is made whatever the method', () => {
    expect(() =>
      checkOriginHeaders({ method: 'GET', headers: { origin: 'https://evil.example' } }, OURS),
    ).toThrow(CsrfRejectedError);
    expect(() => checkOriginHeaders({ method: 'GET', headers: { origin: OURS[0] } }, OURS)).not.toThrow();
  });
});
