import { describe, expect, it, jest } from '@jest/globals';
import type { Authenticator } from '../sign-in/authenticator.js';
import { OriginCheck } from './origin-check.js';
import { RecentSignIn } from '../sign-in/recent-sign-in.js';
import { RequestAuthenticator } from './request-authenticator.js';

describe('one request, asked about by several guards', () => {
  it('is asked about again where a later one wants younger knowledge (GraphQL: each resolver has its own)', async () => {
    const accessToken = jest.fn(async (_token: string, _maxStalenessMs: number | null) => ({
      kind: 'tokens' as const,
    }));
    const requests = new RequestAuthenticator(
      { accessToken } as unknown as Authenticator,
      { session: 's', access: null },
      new OriginCheck([]),
      new RecentSignIn(() => 0),
    );
    const request = { headers: { authorization: 'Bearer x' } } as never;
    await requests.authenticateOnce(request, 'access-token', null);
    await requests.authenticateOnce(request, 'access-token', 0);
    await requests.authenticateOnce(request, 'any', 0);
    expect(accessToken.mock.calls.map(([, maxStalenessMs]) => maxStalenessMs)).toEqual([null, 0]);
  });
});
