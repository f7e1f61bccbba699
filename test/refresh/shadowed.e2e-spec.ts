import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refresh, refreshed, signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

const HOME = { 'user-agent': 'browser/1' };
const ABROAD = { 'user-agent': 'thief/1' };

/** Rotates from home, and replays from elsewhere: a thief who always acts inside the window. */
async function shadow(app: TestApp, token: string, replays: Record<string, string>[]): Promise<string> {
  const { refresh_token } = await refreshed(app, token, HOME);
  for (const headers of replays) await refreshed(app, token, headers);
  return refresh_token as string;
}

describe.each(BELOW_THE_EDGE)('a thief inside the replay window, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  const suspicions = (signInId: string) =>
    app.events.flatMap((event) =>
      event.type === 'replay_suspicious' && event.signInId === signInId ? [event.generations] : [],
    );

  it('is marked in the event: another user agent', async () => {
    const { body, id } = await signIn(app, 'tokens');
    await shadow(app, body.refresh_token, [ABROAD]);
    expect(app.events).toContainEqual(
      expect.objectContaining({
        type: 'token_replayed',
        signInId: id,
        sameIp: true,
        sameUserAgent: false,
        userAgent: 'thief/1',
      }),
    );
  });

  it('is suspicious after three generations running', async () => {
    const { body, id } = await signIn(app, 'tokens');
    let token = body.refresh_token;
    for (let generation = 1; generation <= 4; generation++) {
      token = await shadow(app, token, [ABROAD]);
      expect(suspicions(id)).toEqual([3, 4].slice(0, Math.max(0, generation - 2)));
    }
  });

  it('is not suspicious for many replays in one generation, nor with an honest generation between', async () => {
    const { body, id } = await signIn(app, 'tokens');
    let token = await shadow(app, body.refresh_token, [ABROAD, ABROAD, ABROAD, ABROAD]);
    token = await shadow(app, token, [ABROAD]);
    token = await shadow(app, token, [HOME]);
    token = await shadow(app, token, [ABROAD]);
    await shadow(app, token, [ABROAD]);
    expect(suspicions(id)).toEqual([]);
  });

  it('is reuse, where replays are bound to the user agent', async () => {
    const bound = await startTestApp({
      adapter,
      options: { refreshTokens: { replayBinding: 'user-agent' } },
    });
    await bound.users.add('ada');
    const honest = await signIn(bound, 'tokens');
    const first = await refreshed(bound, honest.body.refresh_token, HOME);
    const again = await refreshed(bound, honest.body.refresh_token, HOME);
    expect(again.refresh_token).toBe(first.refresh_token);
    const stolen = await signIn(bound, 'tokens');
    const next = await refreshed(bound, stolen.body.refresh_token, HOME);
    expect((await refresh(bound, stolen.body.refresh_token, ABROAD)).status).toBe(401);
    expect(bound.events).toContainEqual(
      expect.objectContaining({
        type: 'reuse_detected',
        cause: 'parent_other_user_agent',
        signInId: stolen.id,
        userAgent: 'thief/1',
        holder: expect.objectContaining({ userAgent: 'browser/1' }),
      }),
    );
    expect((await refresh(bound, next.refresh_token, HOME)).status).toBe(401);
    expect((await refresh(bound, first.refresh_token, ABROAD)).status).toBe(200);
    await bound.close();
  });
});
