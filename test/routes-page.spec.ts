/** docs/routes.md has the routes that there are. */
import { describe, expect, it } from '@jest/globals';
import { CORE_ROUTES, JWKS_ROUTES } from '../libs/auth/src/openapi/core-routes.js';
import { readPage, rowsOf } from './support/markdown.js';

const documented = (text: string) => /^`([A-Z]+) (\S+)`$/.exec(text)?.slice(1).join(' ');
const known = [
  ...Object.keys(CORE_ROUTES).map((route) => route.replace(' ', ' /auth')),
  ...Object.keys(JWKS_ROUTES).map((route) => route.replace(' ', ' /.well-known')),
];

describe('docs/routes.md', () => {
  const rows = rowsOf(readPage('docs/routes.md'), 'route');

  it('has a row for every route, and no other', () => {
    expect(known.length).toBeGreaterThan(8);
    expect(rows.map(([route = '']) => documented(route)).sort()).toEqual([...known].sort());
  });

  it('names every field that a body may have', () => {
    const routes = CORE_ROUTES as Readonly<Record<string, { readonly body?: unknown } | null>>;
    let seen = 0;
    for (const [route = '', takes = ''] of rows) {
      const body = routes[documented(route)!.replace(' /auth', ' ')]?.body;
      for (const field of Object.keys((body as { properties?: object } | undefined)?.properties ?? {})) {
        expect({ route, takes }).toEqual({ route, takes: expect.stringContaining(field) });
        seen += 1;
      }
    }
    expect(seen).toBeGreaterThan(6);
  });
});
