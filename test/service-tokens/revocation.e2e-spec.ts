import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { CurrentService, MaxStaleness, ServiceAuthGuard } from 'nestjs-aerie';
import { ServiceClients, serviceIssuer } from 'nestjs-aerie/service-tokens';
import { Revocation } from 'nestjs-aerie/typeorm';
import {
  basic,
  exchanged,
  type Held,
  introspected,
  postForm,
  registered,
  serviceToken,
} from '../support/service-requests.js';
import { claimsOf, refresh, signIn, statusOf } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';

const BILLS = 'https://bills.example.com';

@Controller('internal')
@UseGuards(ServiceAuthGuard)
class InternalController {
  @Get()
  who(@CurrentService('clientId') id: string) {
    return { id };
  }

  @Get('now')
  @MaxStaleness('0s')
  now(@CurrentService('clientId') id: string) {
    return { id };
  }
}

const CASES = BELOW_THE_EDGE.flatMap((adapter) =>
  (['feed', 'lookup', 'none'] as const).map((mode) => ({ adapter, mode })),
);

describe.each(CASES)('the end of a token, on $adapter in mode $mode', ({ adapter, mode }) => {
  let app: TestApp;
  let caller: Held;
  let other: Held;
  let bills: Held;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      controllers: [InternalController],
      options: { features: [serviceIssuer()], revocation: { mode } },
    });
    await app.users.add('ada', undefined, { scopes: ['a'] });
    const grants = ['client_credentials', 'token-exchange'] as const;
    const common = { scopes: ['a', 'b'], audiences: [ISSUER, BILLS], grants };
    caller = await registered(app, { id: 'caller', ...common });
    other = await registered(app, { id: 'other', ...common });
    bills = await registered(app, { id: 'bills', scopes: [], audiences: ['x'], resource: BILLS });
  });
  afterAll(() => app.close());

  const revoke = (token: string, client = caller) => postForm(app, 'revoke', { token }, basic(client));
  const own = (client = caller) => serviceToken(app, client, { audience: ISSUER });
  const status = async (bearer: string, path = '/internal') =>
    (await app.client().get(path, { bearer })).status;
  const announced = (kind: 'token' | 'client', value: string) =>
    app.source.getRepository(Revocation).countBy({ kind, value });
  /** Mode none checks no revocation, unless a route wants it. */
  const ended = mode === 'none' ? 200 : 401;

  it('of a service: revoked by the client that has it, at once and announced once', async () => {
    const token = await own();
    expect(await status(token)).toBe(200);
    const answer = await revoke(token);
    expect([answer.status, answer.body]).toEqual([200, undefined]);
    expect(await status(token)).toBe(ended);
    expect(await status(token, '/internal/now')).toBe(401);
    expect((await revoke(token)).status).toBe(200);
    expect(await announced('token', claimsOf(token)['jti'])).toBe(1);
    expect(app.events.at(-1)).toEqual({
      type: 'service_token_revoked',
      clientId: 'caller',
      tokenId: claimsOf(token)['jti'],
    });
    expect(await status(await own())).toBe(200);
  });

  it('that was exchanged: it alone', async () => {
    const { body } = await signIn(app, 'tokens');
    const [one, two] = [
      await exchanged(app, caller, body.access_token, { audience: BILLS }),
      await exchanged(app, caller, body.access_token, { audience: BILLS }),
    ];
    expect((await revoke(one)).status).toBe(200);
    expect(await announced('token', claimsOf(one)['jti'])).toBe(1);
    expect(await introspected(app, bills, one)).toEqual({ active: false });
    expect(await introspected(app, bills, two)).toMatchObject({ active: true });
    expect(await statusOf(app, body.access_token)).toBe(200);
  });

  it('of another client changes nothing, and says nothing', async () => {
    const { body } = await signIn(app, 'tokens');
    const theirs = await own(other);
    const exchangedByThem = await exchanged(app, other, body.access_token, { audience: BILLS });
    for (const token of [theirs, exchangedByThem]) {
      expect((await revoke(token)).status).toBe(200);
      expect(await announced('token', claimsOf(token)['jti'])).toBe(0);
    }
    expect(await status(theirs, '/internal/now')).toBe(200);
    expect(await introspected(app, bills, exchangedByThem)).toMatchObject({ active: true });
  });

  it('of a person: the whole sign-in, by its refresh token or its access token', async () => {
    for (const name of ['refresh_token', 'access_token']) {
      const { body } = await signIn(app, 'tokens');
      expect((await revoke(body[name])).status).toBe(200);
      expect((await refresh(app, body.refresh_token)).status).toBe(401);
      if (mode !== 'none') expect(await statusOf(app, body.access_token)).toBe(401);
      expect(app.events).toContainEqual(
        expect.objectContaining({ type: 'sign_in_ended', reason: 'signed_out' }),
      );
    }
  });

  it.each(['x', 'a.b.c', 'rt1_x'])('that is none (%s) is 200 all the same', async (token) => {
    expect((await revoke(token)).status).toBe(200);
  });

  it('is for clients alone', async () => {
    const token = await own();
    expect((await postForm(app, 'revoke', { token })).status).toBe(401);
    expect((await postForm(app, 'revoke', {}, basic(caller))).body.error).toBe('invalid_request');
    expect(await status(token, '/internal/now')).toBe(200);
  });

  describe('by a change of its client', () => {
    const clients = () => app.app.get(ServiceClients);
    it.each<[string, (id: string) => Promise<unknown>]>([
      ['that disables it', (id) => clients().disable(id)],
      ['that removes it', (id) => clients().remove(id)],
      ['that takes a scope', (id) => clients().update(id, { scopes: ['a'] })],
      ['that takes an audience', (id) => clients().update(id, { audiences: [ISSUER] })],
      ['that takes a grant', (id) => clients().update(id, { grants: ['client_credentials'] })],
      ['of its secret, at once', (id) => clients().rotateSecret(id)],
      ['that ends everything', () => app.authentication.revokeEverything()],
    ])('%s', async (what, change) => {
      const id = `changing-${what.replaceAll(/\W/g, '')}`;
      const grants = ['client_credentials', 'token-exchange'] as const;
      const held = await registered(app, { id, scopes: ['a', 'b'], audiences: [ISSUER, BILLS], grants });
      const token = await own(held);
      expect(await status(token)).toBe(200);
      await change(id);
      expect(await status(token)).toBe(ended);
      expect(await status(token, '/internal/now')).toBe(401);
      if (what !== 'that ends everything') expect(await announced('client', id)).toBe(1);
    });

    it('that takes nothing does not end it', async () => {
      const id = 'growing';
      const held = await registered(app, { id, scopes: ['a'], audiences: [ISSUER] });
      const token = await own(held);
      await clients().update(id, {
        scopes: ['b', 'a'],
        audiences: [BILLS, ISSUER],
        label: 'x',
        resource: BILLS,
      });
      await clients().rotateSecret(id, { keepFormerFor: '1h' });
      await clients().enable(id);
      expect(await status(token, '/internal/now')).toBe(200);
      expect(await announced('client', id)).toBe(0);
    });

    it('of its id: one that is registered anew has none of the earlier tokens', async () => {
      const id = 'again';
      const token = await own(await registered(app, { id, scopes: [], audiences: [ISSUER] }));
      await clients().remove(id);
      const anew = await own(await registered(app, { id, scopes: [], audiences: [ISSUER] }));
      expect(await status(token, '/internal/now')).toBe(401);
      expect(await status(anew, '/internal/now')).toBe(200);
    });
  });
});
