import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RefreshTokenFamily, Revocation } from 'nestjs-aerie/typeorm';
import { refresh, refreshed, signIn, statusOf } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { SECOND, timePasses } from '../support/time-passes.js';

describe.each(BELOW_THE_EDGE)('reuse of a refresh token, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada');
    await app.users.add('bob', undefined, { id: 'bob' });
  });
  afterAll(() => app.close());

  const reuses = (signInId: string) =>
    app.events.filter((event) => event.type === 'reuse_detected' && event.signInId === signInId);

  /** A family of this many rotations: its tokens, the oldest first. */
  async function family(rotations: number) {
    const { body, id } = await signIn(app, 'tokens');
    const tokens: string[] = [body.refresh_token];
    const accessTokens: string[] = [body.access_token];
    for (let i = 0; i < rotations; i++) {
      const next = await refreshed(app, tokens.at(-1));
      tokens.push(next.refresh_token);
      accessTokens.push(next.access_token);
    }
    return { id, tokens, accessTokens };
  }

  async function expectDead(id: string, tokens: string[], accessTokens: string[]): Promise<void> {
    for (const token of tokens) expect((await refresh(app, token)).status).toBe(401);
    for (const token of accessTokens) {
      const { status, body } = await app.client().get('/auth/me', { bearer: token });
      expect([status, body.code]).toEqual([401, 'AUTH_ACCESS_TOKEN_REVOKED']);
    }
    const row = await app.source.getRepository(RefreshTokenFamily).findOneByOrFail({ id });
    expect(row.revokedAt).not.toBeNull();
  }

  it('the parent after its window ends the family and its access tokens', async () => {
    const { id, tokens, accessTokens } = await family(1);
    await timePasses(app, 31 * SECOND);
    expect((await refresh(app, tokens[0], { 'user-agent': 'thief/1' })).status).toBe(401);
    expect(reuses(id)).toEqual([
      {
        type: 'reuse_detected',
        cause: 'parent_late',
        distance: 1,
        ageMs: expect.any(Number),
        holder: { ip: '127.0.0.1', userAgent: expect.stringMatching(/^node/) },
        ip: '127.0.0.1',
        userAgent: 'thief/1',
        subject: 'user-1',
        signInId: id,
      },
    ]);
    await expectDead(id, tokens, accessTokens);
    const row = await app.source.getRepository(RefreshTokenFamily).findOneByOrFail({ id });
    expect(row.revokedReason).toBe('reuse_parent_late');
  });

  it('a grandparent ends it, inside the window too', async () => {
    const { id, tokens, accessTokens } = await family(2);
    expect((await refresh(app, tokens[0])).status).toBe(401);
    expect(reuses(id)).toEqual([expect.objectContaining({ cause: 'ancestor', distance: 2 })]);
    await expectDead(id, tokens, accessTokens);
  });

  it('the first token ends it, however long ago it was replaced', async () => {
    const { id, tokens, accessTokens } = await family(6);
    expect((await refresh(app, tokens[0])).status).toBe(401);
    expect(reuses(id)).toEqual([expect.objectContaining({ cause: 'ancestor', distance: 6 })]);
    await expectDead(id, tokens, accessTokens);
  });

  it('is reported once, however often and however parallel the token comes', async () => {
    const { id, tokens } = await family(2);
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(app, tokens[0])));
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 401));
    await refresh(app, tokens[1]);
    expect(reuses(id)).toHaveLength(1);
    const announced = await app.source.getRepository(Revocation).findBy({ kind: 'sign_in', value: id });
    expect(announced).toHaveLength(1);
  });

  it('leaves no token in any event', async () => {
    const { tokens, accessTokens } = await family(2);
    await refresh(app, tokens[0]);
    const said = JSON.stringify(app.events);
    for (const token of [...tokens, ...accessTokens]) expect(said).not.toContain(token);
    expect(said).not.toContain('rt1_');
  });

  it('ends this family alone: neither another device of the subject nor anybody else', async () => {
    const { tokens } = await family(2);
    const device = await signIn(app, 'tokens');
    const browser = await signIn(app, 'session');
    const bob = await signIn(app, 'tokens', 'bob');
    await refresh(app, tokens[0]);
    expect(await statusOf(app, device.body.access_token)).toBe(200);
    expect((await refresh(app, device.body.refresh_token)).status).toBe(200);
    expect((await browser.client.get('/auth/me')).status).toBe(200);
    expect((await refresh(app, bob.body.refresh_token)).status).toBe(200);
  });

  it('is recognised as revoked afterwards, and reported no more', async () => {
    const { id, tokens } = await family(2);
    await refresh(app, tokens[0]);
    await refresh(app, tokens[2]);
    const last = app.events.at(-1);
    expect(last).toMatchObject({ type: 'refresh_refused', reason: 'revoked', signInId: id });
  });

  it('does not hinder a logout: an old token of the family ends it, and is no reuse', async () => {
    const { id, tokens, accessTokens } = await family(3);
    const answer = await app.client().post('/auth/logout', { json: { refresh_token: tokens[0] } });
    expect(answer.status).toBe(204);
    expect(reuses(id)).toEqual([]);
    await expectDead(id, tokens, accessTokens);
  });

  it('ends everything of the subject, where the application wants that', async () => {
    const strict = await startTestApp({ adapter, options: { refreshTokens: { onReuse: 'revoke-subject' } } });
    await strict.users.add('ada');
    await strict.users.add('bob', undefined, { id: 'bob' });
    const { body } = await signIn(strict, 'tokens');
    const device = await signIn(strict, 'tokens');
    const browser = await signIn(strict, 'session');
    const bob = await signIn(strict, 'tokens', 'bob');
    const second = await refreshed(strict, body.refresh_token);
    await refreshed(strict, second.refresh_token);
    expect((await refresh(strict, body.refresh_token)).status).toBe(401);
    expect((await refresh(strict, device.body.refresh_token)).status).toBe(401);
    expect(await statusOf(strict, device.body.access_token)).toBe(401);
    expect((await browser.client.get('/auth/me')).status).toBe(401);
    expect((await refresh(strict, bob.body.refresh_token)).status).toBe(200);
    expect(strict.events.filter((event) => event.type === 'reuse_detected')).toHaveLength(1);
    await strict.close();
  });
});
