import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AUTH_ENTITIES, RefreshTokenFamily, Session } from 'nestjs-aerie/typeorm';
import { refresh, refreshed, signIn, statusOf } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

describe.each(BELOW_THE_EDGE)('ending everything, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada', undefined, { id: 'ada' });
    await app.users.add('bob', undefined, { id: 'bob' });
  });
  afterAll(() => app.close());

  async function signedInTwice(name: string) {
    const [{ body }, { client }] = [await signIn(app, 'tokens', name), await signIn(app, 'session', name)];
    return {
      body,
      client,
      alive: async () => [
        await statusOf(app, body.access_token),
        (await client.get('/auth/me')).status,
        (await refresh(app, body.refresh_token)).status,
      ],
    };
  }

  it('of a disabled user, at once', async () => {
    const [ada, bob] = [await signedInTwice('ada'), await signedInTwice('bob')];
    expect(await app.authentication.userDisabled('ada')).toBe(2);
    expect(await ada.alive()).toEqual([401, 401, 401]);
    expect(await bob.alive()).toEqual([200, 200, 200]);
  });

  it('of a subject that is to be forgotten: its rows, addresses and user agents are gone', async () => {
    const headers = { 'user-agent': 'a-browser-to-forget/1' };
    const [{ body }, { client }] = [
      await signIn(app, 'tokens', 'ada', headers),
      await signIn(app, 'session', 'ada', headers),
    ];
    const bob = await signedInTwice('bob');
    await app.authentication.forgetSubject('ada');
    for (const entity of [Session, RefreshTokenFamily])
      expect(
        await app.source.getRepository<Session | RefreshTokenFamily>(entity).countBy({ subject: 'ada' }),
      ).toBe(0);
    for (const entity of AUTH_ENTITIES) {
      const rows = await app.source.getRepository<object>(entity).find();
      expect(JSON.stringify(rows)).not.toContain('a-browser-to-forget');
    }
    expect(await statusOf(app, body.access_token)).toBe(401);
    expect((await client.get('/auth/me')).status).toBe(401);
    expect((await refresh(app, body.refresh_token)).status).toBe(401);
    expect(await bob.alive()).toEqual([200, 200, 200]);
    // And who comes back begins anew.
    expect((await refreshed(app, (await signIn(app, 'tokens', 'ada')).body.refresh_token)).user.id).toBe(
      'ada',
    );
  });

  it('of everybody, in an incident', async () => {
    const [ada, bob] = [await signedInTwice('ada'), await signedInTwice('bob')];
    await app.authentication.revokeEverything();
    expect(await ada.alive()).toEqual([401, 401, 401]);
    expect(await bob.alive()).toEqual([401, 401, 401]);
    expect(await app.authentication.listSignIns('ada')).toEqual([]);
    expect(app.events).toContainEqual({ type: 'everything_revoked' });
    const after = await signedInTwice('ada');
    expect(await after.alive()).toEqual([200, 200, 200]);
  });

  it('of everybody, again: what began in between ends too', async () => {
    const ada = await signedInTwice('ada');
    await app.authentication.revokeEverything();
    expect(await ada.alive()).toEqual([401, 401, 401]);
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['a logout', (id) => app.authentication.endSignIn('ada', id)],
    ['an end of everything of the subject', () => app.authentication.endAllSignIns('ada')],
    ['a change of the password', () => app.authentication.credentialsChanged('ada')],
    ['a subject that is forgotten', () => app.authentication.forgetSubject('ada')],
  ])('overtakes a refresh that has read its row and not rotated it yet: %s', async (_name, end) => {
    const { body, id } = await signIn(app, 'tokens', 'ada');
    const loadSubject = app.users.loadSubject.bind(app.users);
    app.users.loadSubject = async (subject) => {
      Reflect.deleteProperty(app.users, 'loadSubject');
      await end(id);
      return loadSubject(subject);
    };
    const answer = await refresh(app, body.refresh_token);
    expect([answer.status, answer.body.code]).toEqual([401, 'AUTH_REFRESH_TOKEN_INVALID']);
    expect((await refresh(app, body.refresh_token)).status).toBe(401);
    expect(await statusOf(app, body.access_token)).toBe(401);
    expect(await app.authentication.listSignIns('ada')).toEqual([]);
  });

  it('is not what a refresh meets that another one overtook: it gets the same successor', async () => {
    const { body } = await signIn(app, 'tokens', 'ada');
    const loadSubject = app.users.loadSubject.bind(app.users);
    let winner: any;
    app.users.loadSubject = async (subject) => {
      Reflect.deleteProperty(app.users, 'loadSubject');
      winner = await refreshed(app, body.refresh_token);
      return loadSubject(subject);
    };
    expect((await refreshed(app, body.refresh_token)).refresh_token).toBe(winner.refresh_token);
  });

  it('races refreshes and sign-ins, and leaves no survivor', async () => {
    // One by one: of one address, few wait for the hasher at a time.
    const families = [];
    for (let i = 0; i < 6; i++) families.push(await signIn(app, 'tokens', 'ada'));
    const during: Promise<{ status: number; body: any }>[] = [];
    for (const { body } of families) during.push(refresh(app, body.refresh_token));
    const ending = app.authentication.endAllSignIns('ada');
    for (const { body } of families) during.push(refresh(app, body.refresh_token));
    await ending;
    const answers = await Promise.all(during);
    for (const { status, body } of answers) {
      if (status !== 200) continue;
      expect((await refresh(app, body.refresh_token)).status).toBe(401);
      expect(await statusOf(app, body.access_token)).toBe(401);
    }
    expect(await app.authentication.listSignIns('ada')).toEqual([]);
  });
});
