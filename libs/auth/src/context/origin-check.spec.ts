import { beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { CsrfRejectedError } from '../errors/auth-error.js';
import { OriginCheck } from './origin-check.js';

const OURS = ['https://api.example.com', 'https://app.example.com:8443'];
const EVIL = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
type Headers = Record<string, string | string[] | undefined>;

function verdict(headers: Headers, method = 'POST'): 'passes' | 'refused' {
  try {
    new OriginCheck(OURS).check({ method, headers });
    return 'passes';
  } catch (error) {
    expect(error).toBeInstanceOf(CsrfRejectedError);
    return 'refused';
  }
}

describe('OriginCheck', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it('asks nothing of methods that change nothing', () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'get']) expect(verdict(EVIL, method)).toBe('passes');
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'CONNECT', 'PROPFIND', 'X'])
      expect(verdict(EVIL, method)).toBe('refused');
  });

  it('takes a request that has no method for one that changes something', () => {
    expect(() => new OriginCheck(OURS).check({ headers: EVIL })).toThrow(CsrfRejectedError);
  });

  it('checks what opens a connection whatever its method says', () => {
    expect(verdict({ ...EVIL, upgrade: 'websocket' }, 'GET')).toBe('refused');
    expect(verdict({ origin: OURS[0], upgrade: 'websocket' }, 'GET')).toBe('passes');
    const check = new OriginCheck(OURS);
    expect(() => check.checkHeaders({ method: 'GET', headers: EVIL })).toThrow(CsrfRejectedError);
    expect(() => check.checkHeaders({ method: 'GET', headers: { origin: OURS[0] } })).not.toThrow();
  });

  it('does not take the Host header for an origin that is ours', () => {
    expect(verdict({ host: 'evil.example', origin: 'https://evil.example' })).toBe('refused');
  });

  describe('in the log', () => {
    function linesOf(use: (check: OriginCheck) => void): string[] {
      const lines: string[] = [];
      const keep = (line: string) => void lines.push(line);
      Logger.overrideLogger({ warn: keep, log: keep, error: keep });
      use(new OriginCheck(OURS));
      Logger.overrideLogger(false);
      return lines;
    }
    const refuse = (check: OriginCheck, headers: Headers) =>
      expect(() => check.check({ method: 'POST', headers })).toThrow(CsrfRejectedError);

    it('names a refused origin once, with those that are allowed', () => {
      const lines = linesOf((check) => {
        for (let i = 0; i < 3; i++) refuse(check, EVIL);
        refuse(check, { 'sec-fetch-site': 'same-site' });
        check.check({ method: 'POST', headers: { origin: OURS[1] } });
      });
      expect(lines).toHaveLength(2);
      expect(lines[0]).toContain('Origin "https://evil.example", Sec-Fetch-Site "cross-site"');
      expect(lines[0]).toContain(OURS.join(', '));
      expect(lines[1]).toContain('Origin (not sent), Sec-Fetch-Site "same-site"');
    });

    it('is not filled by somebody who invents origins', () => {
      const lines = linesOf((check) => {
        for (let i = 0; i < 1_000; i++) refuse(check, { origin: `https://${i}.example` });
      });
      expect(lines).toHaveLength(101);
      expect(lines.at(-1)).toContain('not logged');
    });

    it('shows no more of an origin than one could be long, and no line breaks', () => {
      const [line] = linesOf((check) => refuse(check, { origin: `https://a\n\x1b[31m${'x'.repeat(9_000)}` }));
      expect(line!.length).toBeLessThan(800);
      // oxlint-disable-next-line no-control-regex
      expect(line).not.toMatch(/[\x00-\x1f]/);
    });
  });
});
