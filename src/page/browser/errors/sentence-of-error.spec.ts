import { describe, expect, it } from '@jest/globals';
import { AuthClientError } from '../../../../libs/auth/src/client/auth-client-error.js';
import { sentenceOfAnswer, sentenceOfError } from './sentence-of-error.js';

describe('the sentence for what a call threw', () => {
  it('uses code, details and the time to wait of the client', () => {
    const limited = new AuthClientError('AUTH_RATE_LIMITED', 'x', 429, 120, { waysOpen: ['link'] });
    expect(sentenceOfError(limited).todo).toBe(
      'Try again in 2 minutes. The server still takes a link by e-mail, for which this page has no form.',
    );
    const conflict = new AuthClientError(null, 'This e-mail address is taken.', 409);
    expect(sentenceOfError(conflict).happened).toContain('This e-mail address is taken.');
    expect(sentenceOfError(new AuthClientError(null, 'Bad gateway', 502)).happened).toContain('status 502');
  });

  it('tells that no answer came', () => {
    const failures = [
      new AuthClientError('AUTH_CLIENT_UNREACHABLE', 'x'),
      new TypeError('Failed to fetch'),
      new DOMException('x', 'TimeoutError'),
    ];
    for (const failure of failures)
      expect(sentenceOfError(failure).happened).toMatch(/^The server did not answer/);
  });

  it('tells a mistake of the page from an error of the API', () => {
    for (const thrown of [
      new Error('x'),
      new TypeError('x is not a function'),
      'x',
      null,
      undefined,
      7,
      { code: 7 },
    ])
      expect(sentenceOfError(thrown).happened).toMatch(/^This page made a mistake: /);
  });

  it('reads answers of any form', async () => {
    const answer = (body: unknown, status: number, headers = {}) =>
      sentenceOfAnswer(
        new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers }),
      );
    const stored = await answer({ code: 'AUTH_STORE_UNAVAILABLE' }, 503, { 'Retry-After': '5' });
    expect(stored.todo).toBe('Try again in 5 seconds.');
    expect((await answer('<html>', 502)).happened).toContain('status 502');
    expect((await answer('null', 429, { 'Retry-After': 'soon' })).todo).toBe(
      'Wait a moment, then try again.',
    );
    expect((await answer({ code: ['x'], message: {} }, 400)).happened).toMatch(/^The server cannot accept/);
  });
});
