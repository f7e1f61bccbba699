import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RefreshTokenFamily } from 'nestjs-aerie/typeorm';
import { refresh, refreshed, signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { DAY } from '../support/time-passes.js';

/** A family whose row lost its last rotations: the client holds a token ahead of it. */
async function behind(app: TestApp, lost: number, kept = 0) {
  const { body, id } = await signIn(app, 'tokens');
  const rows = app.source.getRepository(RefreshTokenFamily);
  const tokens: string[] = [body.refresh_token];
  for (let i = 0; i < kept; i++) tokens.push((await refreshed(app, tokens.at(-1))).refresh_token);
  const restored = await rows.findOneByOrFail({ id });
  for (let i = 0; i < lost; i++) tokens.push((await refreshed(app, tokens.at(-1))).refresh_token);
  await rows.save(restored);
  return { id, tokens, rowOf: () => rows.findOneByOrFail({ id }) };
}

const of = (app: TestApp, signInId: string) =>
  app.events.filter((event) => 'signInId' in event && event.signInId === signInId);

describe.each(BELOW_THE_EDGE)('a token ahead of its row, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  it('is refused, and its family is not revoked', async () => {
    const { id, tokens, rowOf } = await behind(app, 2, 1);
    const before = await rowOf();
    const answer = await refresh(app, tokens.at(-1));
    expect([answer.status, answer.body.code]).toEqual([401, 'AUTH_REFRESH_TOKEN_INVALID']);
    expect(await rowOf()).toEqual(before);
    expect(of(app, id).at(-1)).toMatchObject({ type: 'family_desynchronised', distance: 2 });
    expect((await refresh(app, tokens[1])).status).toBe(200);
  });

  it('is refused as well when it is of the same generation, with another hash', async () => {
    const { id, tokens, rowOf } = await behind(app, 1);
    const other = await refreshed(app, tokens[0]);
    expect((await refresh(app, tokens[1])).status).toBe(401);
    expect(of(app, id).at(-1)).toMatchObject({ type: 'family_desynchronised', distance: 0 });
    expect((await rowOf()).revokedAt).toBeNull();
    expect((await refresh(app, other.refresh_token)).status).toBe(200);
  });

  it('is refused when it is a replay that no successor can be derived for', async () => {
    const { body, id } = await signIn(app, 'tokens');
    await refreshed(app, body.refresh_token);
    const rows = app.source.getRepository(RefreshTokenFamily);
    await rows.update({ id }, { salt: '00'.repeat(16) });
    const answer = await refresh(app, body.refresh_token);
    expect(answer.status).toBe(401);
    expect(of(app, id).at(-1)).toMatchObject({ type: 'family_desynchronised' });
    expect((await rows.findOneByOrFail({ id })).revokedAt).toBeNull();
  });

  describe('during an incident', () => {
    let open: TestApp;
    beforeAll(async () => {
      const acceptAheadUntil = new Date(Date.now() + DAY / 2).toISOString();
      open = await startTestApp({ adapter, options: { refreshTokens: { acceptAheadUntil } } });
      await open.users.add('ada');
    });
    afterAll(() => open.close());

    it('moves its row forward, once, and says so', async () => {
      const { id, tokens, rowOf } = await behind(open, 3);
      const next = await refreshed(open, tokens[3]);
      expect((await rowOf()).generation).toBe(4);
      expect(of(open, id).at(-1)).toMatchObject({ type: 'family_caught_up', generations: 3 });
      expect((await refreshed(open, tokens[3])).refresh_token).toBe(next.refresh_token);
      expect((await refresh(open, next.refresh_token)).status).toBe(200);
      // What it overtook is an ancestor again, and its use is theft.
      expect((await refresh(open, tokens[1])).status).toBe(401);
      expect(of(open, id).at(-1)).toMatchObject({ type: 'reuse_detected', cause: 'ancestor' });
    });

    it('converges there too: parallel requests get the same successor', async () => {
      const { tokens } = await behind(open, 2);
      const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(open, tokens[2])));
      expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
      expect(new Set(answers.map((answer) => answer.body.refresh_token)).size).toBe(1);
    });

    it('by more than a hundred generations is refused all the same', async () => {
      const { id, tokens, rowOf } = await behind(open, 101);
      expect((await refresh(open, tokens[101])).status).toBe(401);
      expect(of(open, id).at(-1)).toMatchObject({ type: 'family_desynchronised', distance: 101 });
      expect((await rowOf()).generation).toBe(0);
      expect((await refresh(open, tokens[100])).status).toBe(200);
      expect((await rowOf()).generation).toBe(101);
    });

    it('does not outlive a revocation', async () => {
      const { id, tokens } = await behind(open, 2);
      await open.authentication.endSignIn('user-1', id);
      expect((await refresh(open, tokens[2])).status).toBe(401);
    });
  });

  it('is refused again once the incident is over', async () => {
    const acceptAheadUntil = new Date(Date.now() - 1_000).toISOString();
    const over = await startTestApp({ adapter, options: { refreshTokens: { acceptAheadUntil } } });
    await over.users.add('ada');
    const { tokens } = await behind(over, 1);
    expect((await refresh(over, tokens[1])).status).toBe(401);
    await over.close();
  });
});
