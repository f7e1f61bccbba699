import { describe, expect, it } from '@jest/globals';
import { ADAPTERS, startTestApp } from '../support/test-app.js';

describe.each(ADAPTERS)('the built-in routes, on %s', (adapter) => {
  it('do not name the framework, whatever they answer', async () => {
    const app = await startTestApp({ adapter });
    try {
      const login = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' };
      for (const answer of [
        await fetch(`${app.url}/auth/me`),
        await fetch(`${app.url}/auth/nothing`),
        await fetch(`${app.url}/auth/login`, login),
        await fetch(`${app.url}/auth/logout`, { method: 'POST' }),
      ])
        expect([answer.status, answer.headers.get('x-powered-by')]).toEqual([answer.status, null]);
    } finally {
      await app.close();
    }
  });
});
