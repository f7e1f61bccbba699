import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RefreshTokenFamily } from 'nestjs-aerie/typeorm';
import { claimsOf, refresh, refreshed, signIn, statusOf } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { MINUTE, SECOND, timePasses } from '../support/time-passes.js';

describe.each(BELOW_THE_EDGE)('step-up of a family, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  const rowOf = (id: string) => app.source.getRepository(RefreshTokenFamily).findOneByOrFail({ id });
  const stepUp = async (refreshToken: string) => {
    const result = await app.authentication.stepUp('user-1', { refreshToken }, ['pwd', 'otp']);
    if (result.mode === 'session') throw new Error('no tokens');
    return result;
  };
  const reuses = (signInId: string) =>
    app.events.filter((event) => event.type === 'reuse_detected' && event.signInId === signInId);

  it('gives a token that owes nothing to its parent, and says how and when', async () => {
    const { body, id } = await signIn(app, 'tokens');
    await timePasses(app, 10 * MINUTE);
    const before = await rowOf(id);
    const { refreshToken, accessToken, principal } = await stepUp(body.refresh_token);
    const after = await rowOf(id);
    expect(after.generation).toBe(1);
    expect(after.expiresAt).toBe(before.expiresAt);
    expect(after.authenticatedAt).toBeGreaterThan(before.authenticatedAt + 9 * MINUTE);
    expect(principal.methods).toEqual(['pwd', 'otp']);
    const claims = claimsOf(accessToken);
    expect(claims).toMatchObject({ amr: ['pwd', 'otp'], sid: id });
    expect(Math.abs(claims['auth_time'] * 1000 - Date.now())).toBeLessThan(MINUTE);
    const next = await refreshed(app, refreshToken);
    expect(claimsOf(next.access_token)).toMatchObject({ amr: ['pwd', 'otp'] });
    expect(await statusOf(app, accessToken)).toBe(200);
  });

  it('closes the window: the parent is refused, and nothing is revoked for it', async () => {
    const { body, id } = await signIn(app, 'tokens');
    const { refreshToken } = await stepUp(body.refresh_token);
    expect((await refresh(app, body.refresh_token)).status).toBe(401);
    expect(app.events.at(-1)).toMatchObject({ type: 'refresh_refused', reason: 'superseded', signInId: id });
    expect((await rowOf(id)).revokedAt).toBeNull();
    expect((await refresh(app, refreshToken)).status).toBe(200);
  });

  it('leaves the parent no late retry either: after the window it is reuse', async () => {
    const { body, id } = await signIn(app, 'tokens');
    const key = { 'idempotency-key': 'a-key-of-sixteen-letters' };
    const second = await refreshed(app, body.refresh_token, key);
    const { refreshToken } = await stepUp(second.refresh_token);
    await timePasses(app, 31 * SECOND);
    expect((await refresh(app, second.refresh_token, key)).status).toBe(401);
    expect(reuses(id)).toEqual([expect.objectContaining({ cause: 'parent_late' })]);
    expect((await refresh(app, refreshToken)).status).toBe(401);
  });

  it('opens the window again with the next rotation', async () => {
    const { body } = await signIn(app, 'tokens');
    const { refreshToken } = await stepUp(body.refresh_token);
    const next = await refreshed(app, refreshToken);
    expect((await refreshed(app, refreshToken)).refresh_token).toBe(next.refresh_token);
  });

  it('is refused with the parent inside the window: a copy cannot step up', async () => {
    const { body, id } = await signIn(app, 'tokens');
    const next = await refreshed(app, body.refresh_token);
    await expect(stepUp(body.refresh_token)).rejects.toMatchObject({
      code: 'AUTH_REFRESH_TOKEN_INVALID',
      reason: 'superseded',
    });
    expect((await rowOf(id)).generation).toBe(1);
    expect((await refresh(app, next.refresh_token)).status).toBe(200);
  });

  it('with an older token is reuse', async () => {
    const { body, id } = await signIn(app, 'tokens');
    const second = await refreshed(app, body.refresh_token);
    await refreshed(app, second.refresh_token);
    await expect(stepUp(body.refresh_token)).rejects.toMatchObject({ reason: 'reused' });
    expect(reuses(id)).toHaveLength(1);
    expect((await rowOf(id)).revokedAt).not.toBeNull();
  });

  it('twice at once: one gets the new secret, the other is refused', async () => {
    const { body } = await signIn(app, 'tokens');
    const results = await Promise.allSettled([stepUp(body.refresh_token), stepUp(body.refresh_token)]);
    const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(won).toHaveLength(1);
    expect((await refresh(app, won[0]!.refreshToken)).status).toBe(200);
  });

  it('of a token that is no token, or of a dead family, is refused', async () => {
    const { body, id } = await signIn(app, 'tokens');
    await expect(stepUp('nonsense')).rejects.toMatchObject({ reason: 'malformed' });
    await app.authentication.endSignIn('user-1', id);
    await expect(stepUp(body.refresh_token)).rejects.toMatchObject({ reason: 'revoked' });
  });

  it('that meets an outage of the directory moves nothing', async () => {
    const { body, id } = await signIn(app, 'tokens');
    app.users.failure = new Error('down');
    await expect(stepUp(body.refresh_token)).rejects.toMatchObject({ code: 'AUTH_STORE_UNAVAILABLE' });
    app.users.failure = undefined;
    expect((await rowOf(id)).generation).toBe(0);
    expect((await refresh(app, body.refresh_token)).status).toBe(200);
  });
});
