import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Revocation, Session } from 'nestjs-aerie/typeorm';
import { SESSION_COOKIE, signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';
import { MINUTE, timePasses } from '../support/time-passes.js';

describe.each(BELOW_THE_EDGE)('step-up of a session, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  const rowOf = (id: string) => app.source.getRepository(Session).findOneByOrFail({ id });
  const me = async (value: string) => {
    const headers = { cookie: `${SESSION_COOKIE}=${value}` };
    const { status, setCookies } = await app.client().get('/auth/me', { headers });
    expect(setCookies).toEqual([]);
    return status;
  };
  async function opened() {
    const { client, id } = await signIn(app, 'session');
    return { id, session: (await client.cookie(SESSION_COOKIE))! };
  }
  const stepUp = async (session: string) => {
    const result = await app.authentication.stepUp('user-1', { session }, ['pwd', 'otp']);
    if (result.mode !== 'session') throw new Error('no session');
    return result;
  };

  it('gives a new secret under the same id: the former cookie is dead at once', async () => {
    const { id, session } = await opened();
    const { sessionToken, principal } = await stepUp(session);
    expect(sessionToken.slice(0, 24)).toBe(session.slice(0, 24));
    expect(principal).toMatchObject({ id: 'user-1', signInId: id, kind: 'session', methods: ['pwd', 'otp'] });
    expect([await me(session), await me(sessionToken)]).toEqual([401, 200]);
  });

  it('says when and how, and moves no limit', async () => {
    const { id, session } = await opened();
    await timePasses(app, 5 * MINUTE);
    const before = await rowOf(id);
    await stepUp(session);
    const after = await rowOf(id);
    expect(after.authenticatedAt - before.authenticatedAt).toBeGreaterThanOrEqual(5 * MINUTE);
    expect(after.methods).toEqual(['pwd', 'otp']);
    expect(after.expiresAt).toBe(before.expiresAt);
  });

  it('is announced to other nodes', async () => {
    const { id, session } = await opened();
    await stepUp(session);
    const announced = await app.source.getRepository(Revocation).findBy({ value: id });
    expect(announced.map(({ kind }) => kind)).toEqual(['sign_in_changed']);
  });

  it('of the former cookie, of a forged one or of an ended session is refused', async () => {
    const { id, session } = await opened();
    const { sessionToken } = await stepUp(session);
    const forged = sessionToken.slice(0, -1) + (sessionToken.endsWith('A') ? 'B' : 'A');
    for (const value of [session, 'nonsense', forged])
      await expect(stepUp(value)).rejects.toMatchObject({ code: 'AUTH_SESSION_INVALID' });
    expect(await me(sessionToken)).toBe(200);
    await app.authentication.endSignIn('user-1', id);
    await expect(stepUp(sessionToken)).rejects.toMatchObject({ code: 'AUTH_SESSION_INVALID' });
  });

  it('twice at once: one of them gets the new secret', async () => {
    const { session } = await opened();
    const results = await Promise.allSettled([stepUp(session), stepUp(session), stepUp(session)]);
    const won = results.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value.sessionToken] : [],
    );
    expect(won).toHaveLength(1);
    expect(await me(won[0]!)).toBe(200);
  });

  it('of a session past its limits is refused', async () => {
    const { session } = await opened();
    await timePasses(app, 32 * MINUTE);
    await expect(stepUp(session)).rejects.toMatchObject({ code: expect.stringMatching(/^AUTH_SESSION_/) });
  });
});
