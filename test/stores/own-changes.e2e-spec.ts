/** Stores that do not report their own revocations: after a change of its own, a process reads before it admits a request. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthStores } from 'nestjs-aerie/stores';
import { MemoryStores } from 'nestjs-aerie/testing';
import { type SignedIn, signIn, statusOf } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

describe.each(BELOW_THE_EDGE)('what a process changed in stores that do not tell, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      // No reading comes by itself.
      options: { revocation: { pollInterval: '60s', maxStaleness: '60s' } },
      override: (builder) => builder.overrideProvider(AuthStores).useValue(new MemoryStores()),
    });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  it.each<[string, (signedIn: SignedIn) => Promise<unknown>]>([
    [
      'a logout',
      ({ client, body }) => client.post('/auth/logout', { json: { refresh_token: body.refresh_token } }),
    ],
    ['the end of one sign-in', ({ id }) => app.authentication.endSignIn('user-1', id)],
    ['the end of all sign-ins', () => app.authentication.endAllSignIns('user-1')],
    ['a change of roles', () => app.authentication.rolesChanged('user-1')],
    ['a change of credentials', () => app.authentication.credentialsChanged('user-1')],
    ['the end of everything', () => app.authentication.revokeEverything()],
  ])('is known with the next request: %s', async (_, change) => {
    const signedIn = await signIn(app, 'tokens');
    expect(await statusOf(app, signedIn.body.access_token)).toBe(200);
    await change(signedIn);
    expect(await statusOf(app, signedIn.body.access_token)).toBe(401);
  });
});
