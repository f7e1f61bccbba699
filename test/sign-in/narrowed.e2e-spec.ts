import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import {
  AnyAuthGuard,
  AuthenticationService,
  CurrentUser,
  LocalAuthGuard,
  type Principal,
} from 'nestjs-aerie';
import type { SignInResult } from 'nestjs-aerie';
import { claimsOf, PASSWORD, SESSION_COOKIE } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

/** The principal of the last request, as a guard left it. */
let seen: Principal;

@Controller()
class SeeingController {
  @Get('see')
  @UseGuards(AnyAuthGuard)
  see(@CurrentUser() user: Principal) {
    seen = user;
    return {};
  }
  @Post('see-login')
  @UseGuards(LocalAuthGuard)
  login(@CurrentUser() user: Principal) {
    seen = user;
    return {};
  }
}

describe.each(BELOW_THE_EDGE)('a sign-in of a principal with narrowed scopes, on %s', (adapter) => {
  let app: TestApp;
  let authentication: AuthenticationService;
  beforeAll(async () => {
    app = await startTestApp({ adapter, controllers: [SeeingController] });
    authentication = app.authentication;
  });
  afterAll(() => app.close());
  let name: string;
  let id: string;
  let count = 0;
  beforeEach(async () => {
    name = `ada-${count++}`;
    ({ id } = await app.users.add(name, undefined, { scopes: ['a', 'b', 'c'] }));
  });

  /** What a guard leaves of a sign-in. */
  async function guarded(signedIn: SignInResult): Promise<Principal> {
    const client = app.client();
    const held =
      'sessionToken' in signedIn
        ? { headers: { cookie: `${SESSION_COOKIE}=${signedIn.sessionToken}` } }
        : { bearer: signedIn.accessToken };
    expect((await client.get('/see', held)).status).toBe(200);
    return seen;
  }
  /** The scopes of a sign-in now, and after a refresh, when the user has one more. */
  async function scopesOf(signedIn: SignInResult): Promise<(readonly string[])[]> {
    const at = [signedIn.principal.scopes, (await guarded(signedIn)).scopes];
    app.users.byId.get(id)!.scopes = ['a', 'b', 'c', 'd'];
    await authentication.rolesChanged(id);
    if ('refreshToken' in signedIn) {
      const next = await authentication.refresh(signedIn.refreshToken);
      at.push(next.principal.scopes, (claimsOf(next.accessToken)['scope'] as string).split(' '));
    } else at.push((await guarded(signedIn)).scopes);
    return at;
  }
  const all = (scopes: readonly string[], times: number) => Array<readonly string[]>(times).fill(scopes);

  describe.each(['session', 'tokens'] as const)('that opens by %s', (mode) => {
    const times = mode === 'session' ? 3 : 4;

    it.each(['session', 'tokens'] as const)(
      'stays as narrow as the sign-in it comes from (%s)',
      async (from) => {
        const narrow = await guarded(await authentication.signIn(id, { mode: from, scopes: ['a', 'b'] }));
        expect(await scopesOf(await authentication.signIn(narrow, { mode }))).toEqual(all(['a', 'b'], times));
      },
    );

    it('stays so where the user had no others by then', async () => {
      const narrow = await guarded(
        await authentication.signIn(id, { mode: 'session', scopes: ['a', 'b', 'c'] }),
      );
      expect(await scopesOf(await authentication.signIn(narrow, { mode }))).toEqual(
        all(['a', 'b', 'c'], times),
      );
    });

    it('can be narrowed further, and not widened', async () => {
      const narrow = await guarded(await authentication.signIn(id, { scopes: ['a', 'b'] }));
      const signedIn = await authentication.signIn(narrow, { mode, scopes: ['b', 'c', 'd'] });
      expect(await scopesOf(signedIn)).toEqual(all(['b'], times));
    });

    it('is as narrow as the application made the principal', async () => {
      const full = await guarded(await authentication.signIn(id));
      const byHand = { ...full, scopes: ['c'] } as Principal;
      expect(await scopesOf(await authentication.signIn(byHand, { mode }))).toEqual(all(['c'], times));
      const local = app.client();
      await local.post('/see-login', { json: { identifier: name, password: PASSWORD } });
      const copied = { ...seen, scopes: [] as readonly string[] } as Principal;
      expect((await authentication.signIn(copied, { mode })).principal.scopes).toEqual([]);
    });

    it('is not narrow when its principal is not: what is added later comes with a refresh', async () => {
      const full = await guarded(await authentication.signIn(id));
      const scopes = await scopesOf(await authentication.signIn(full, { mode }));
      expect(scopes.slice(0, 2)).toEqual(all(['a', 'b', 'c'], 2));
      expect(scopes.slice(2)).toEqual(all(['a', 'b', 'c', 'd'], times - 2));
    });

    it('of a login has all scopes', async () => {
      await app.client().post('/see-login', { json: { identifier: name, password: PASSWORD } });
      const scopes = await scopesOf(await authentication.signIn(seen, { mode }));
      expect(scopes.at(-1)).toEqual(['a', 'b', 'c', 'd']);
    });
  });

  it('is as narrow as a sign-in that has ended and was forgotten', async () => {
    const narrow = await guarded(await authentication.signIn(id, { scopes: ['a'] }));
    await authentication.forgetSubject(id);
    expect((await authentication.signIn(narrow)).principal.scopes).toEqual(['a']);
  });
});
