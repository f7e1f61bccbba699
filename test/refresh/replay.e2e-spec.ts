import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RefreshTokenFamily } from 'nestjs-aerie/typeorm';
import { claimsOf, refresh, refreshed, signIn, statusOf } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { SECOND, timePasses } from '../support/time-passes.js';

describe.each(BELOW_THE_EDGE)('a retry inside the replay window, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  const rows = () => app.source.getRepository(RefreshTokenFamily);
  const events = (type: string, signInId: string) =>
    app.events.filter((event) => event.type === type && 'signInId' in event && event.signInId === signInId);

  it('gets the same successor, and a fresh access token', async () => {
    const { body, id } = await signIn(app, 'tokens');
    const first = await refreshed(app, body.refresh_token);
    const second = await refreshed(app, body.refresh_token);
    expect(second.refresh_token).toBe(first.refresh_token);
    expect(second.access_token).not.toBe(first.access_token);
    expect(claimsOf(second.access_token)['jti']).not.toBe(claimsOf(first.access_token)['jti']);
    expect(await statusOf(app, second.access_token)).toBe(200);
    expect(events('token_replayed', id)).toEqual([
      expect.objectContaining({ sameIp: true, sameUserAgent: true, ageMs: expect.any(Number) }),
    ]);
    expect((await refresh(app, second.refresh_token)).status).toBe(200);
  });

  it('converges: twenty requests at once are one rotation and one successor', async () => {
    const { body, id } = await signIn(app, 'tokens');
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(app, body.refresh_token)));
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map((answer) => answer.body.refresh_token)).size).toBe(1);
    expect((await rows().findOneByOrFail({ id })).generation).toBe(1);
    expect(events('token_rotated', id)).toHaveLength(1);
    expect(events('token_replayed', id)).toHaveLength(19);
    expect(events('reuse_detected', id)).toEqual([]);
    expect((await refresh(app, answers[7]!.body.refresh_token)).status).toBe(200);
  });

  it('is answered at the very end of the window, and does not move it', async () => {
    const { body } = await signIn(app, 'tokens');
    const { refresh_token } = await refreshed(app, body.refresh_token);
    await timePasses(app, 20 * SECOND);
    expect((await refreshed(app, body.refresh_token)).refresh_token).toBe(refresh_token);
    await timePasses(app, 11 * SECOND);
    expect((await refresh(app, body.refresh_token)).status).toBe(401);
  });

  it('does not move a limit, and says how long the token really lives', async () => {
    const { body, id } = await signIn(app, 'tokens');
    await refreshed(app, body.refresh_token);
    await timePasses(app, 20 * SECOND);
    const before = await rows().findOneByOrFail({ id });
    const replayed = await refreshed(app, body.refresh_token);
    expect(await rows().findOneByOrFail({ id })).toEqual({ ...before, replays: 1 });
    expect(replayed.refresh_expires_in).toBeLessThanOrEqual(1_209_600 - 20);
  });

  it('counts no age when the clock of the database went back', async () => {
    const { body } = await signIn(app, 'tokens');
    const { refresh_token } = await refreshed(app, body.refresh_token);
    await timePasses(app, -60 * SECOND);
    expect((await refreshed(app, body.refresh_token)).refresh_token).toBe(refresh_token);
  });

  it('is answered a hundred times, then refused without harm to the family', async () => {
    const { body, id } = await signIn(app, 'tokens');
    const { refresh_token } = await refreshed(app, body.refresh_token);
    await rows().update({ id }, { replays: 99 });
    expect((await refresh(app, body.refresh_token)).status).toBe(200);
    expect((await refresh(app, body.refresh_token)).status).toBe(401);
    expect(events('refresh_refused', id)).toEqual([expect.objectContaining({ reason: 'superseded' })]);
    expect(events('reuse_detected', id)).toEqual([]);
    expect((await refresh(app, refresh_token)).status).toBe(200);
  });

  it('starts to count anew with the next rotation', async () => {
    const { body, id } = await signIn(app, 'tokens');
    const second = await refreshed(app, body.refresh_token);
    await rows().update({ id }, { replays: 100 });
    await refreshed(app, second.refresh_token);
    expect((await refresh(app, second.refresh_token)).status).toBe(200);
  });

  it('is refused once the family was ended, window or not', async () => {
    const { body, client } = await signIn(app, 'tokens');
    const next = await refreshed(app, body.refresh_token);
    await client.post('/auth/logout', { json: { refresh_token: next.refresh_token } });
    expect((await refresh(app, body.refresh_token)).status).toBe(401);
    expect((await refresh(app, next.refresh_token)).status).toBe(401);
  });

  it('carries the roles of now', async () => {
    await app.users.add('rolf', undefined, { id: 'rolf', roles: ['reader'] });
    const { body } = await signIn(app, 'tokens', 'rolf');
    await refreshed(app, body.refresh_token);
    app.users.byId.get('rolf')!.roles = ['writer'];
    const replayed = await refreshed(app, body.refresh_token);
    expect(claimsOf(replayed.access_token)['roles']).toEqual(['writer']);
    expect(replayed.user.roles).toEqual(['writer']);
  });

  it('does not exist with a window of nothing: the next presentation is reuse', async () => {
    const strict = await startTestApp({ adapter, options: { refreshTokens: { replayWindow: '0s' } } });
    await strict.users.add('ada');
    const { body } = await signIn(strict, 'tokens');
    await refreshed(strict, body.refresh_token);
    await timePasses(strict, 1);
    expect((await refresh(strict, body.refresh_token)).status).toBe(401);
    expect(strict.events.map((event) => event.type)).toContain('reuse_detected');
    await strict.close();
  });
});
