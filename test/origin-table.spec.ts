/** The table of docs/sessions.md, held against the rule; `sessions/origin.e2e-spec.ts` does so over HTTP. */
import { describe, expect, it } from '@jest/globals';
import { originPasses } from '../libs/auth/src/context/origin-check.js';
import { originTable } from './support/origin-table.js';

const LISTED = ['https://api.example.com', 'https://app.example.com:8443'];

describe('the table of origins in docs/sessions.md', () => {
  const table = originTable([...LISTED, LISTED[0]!.toUpperCase()]);

  it('has every value of Sec-Fetch-Site with every kind of Origin', () => {
    expect(table).toHaveLength(6 * 4);
    const sites = table.flatMap((one) => one.sites);
    expect(sites).toEqual(
      expect.arrayContaining(['same-origin', 'same-site', 'cross-site', 'none', undefined]),
    );
  });

  it.each(table.map((one) => [one.name, one] as const))('holds: %s', (_, { sites, origins, passes }) => {
    for (const site of sites)
      for (const origin of origins)
        expect([site, origin, originPasses(origin, site, LISTED)]).toEqual([site, origin, passes]);
  });
});
