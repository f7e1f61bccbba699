/** What docs/threats.md says of a thief, where no other suite shows it already. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  AuthEvent,
  AuthSubject,
  RefreshTokenFamily,
  Revocation,
  Session,
  typeOrmStores,
} from 'nestjs-aerie/typeorm';
import { refresh, refreshed, SESSION_COOKIE, signIn, statusOf } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

describe.each(BELOW_THE_EDGE)('a thief, on %s', (adapter) => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startTestApp({ adapter, options: { stores: typeOrmStores({ audit: true }) } });
    for (const name of ['ada', 'eve']) await app.users.add(name, undefined, { id: name });
  });
  afterEach(() => app.close());

  /** The status that a copied cookie gets, sent from another browser. */
  const bySession = async (token: string, path = '/auth/me', method = 'GET', headers = {}) => {
    const cookie = `${SESSION_COOKIE}=${token}`;
    const agent = { 'user-agent': 'thief/1' };
    return (await app.client().send(method, path, { headers: { cookie, ...agent, ...headers } })).status;
  };
  const sessionOf = async (name: string) => {
    const { client, id } = await signIn(app, 'session', name);
    return { client, id, token: (await client.cookie(SESSION_COOKIE))! };
  };

  describe('with a session cookie', () => {
    it('acts as its owner, from any browser, and ends the other sign-ins', async () => {
      const { token } = await sessionOf('ada');
      const other = await sessionOf('ada');
      expect(await bySession(token)).toBe(200);
      expect(await bySession(token, `/auth/sign-ins/${other.id}`, 'DELETE')).toBe(204);
      expect(await bySession(other.token)).toBe(401);
    });

    it('is out when the owner signs out, signs out everywhere or changes the password', async () => {
      const endings = [
        ({ client }: Awaited<ReturnType<typeof sessionOf>>) => client.post('/auth/logout'),
        async () => (await sessionOf('ada')).client.post('/auth/logout-all', { json: {} }),
        () => app.authentication.credentialsChanged('ada'),
      ];
      for (const end of endings) {
        const mine = await sessionOf('ada');
        await end(mine);
        expect(await bySession(mine.token)).toBe(401);
      }
    });

    it('makes no page of another site use it', async () => {
      const { token, id } = await sessionOf('ada');
      for (const site of ['cross-site', 'same-site']) {
        const headers = { origin: 'https://evil.example', 'sec-fetch-site': site };
        expect(await bySession(token, `/auth/sign-ins/${id}`, 'DELETE', headers)).toBe(403);
      }
      expect(await bySession(token)).toBe(200);
    });

    it('gets no token for it', async () => {
      const { token } = await sessionOf('ada');
      expect(await bySession(token, '/auth/refresh', 'POST')).toBe(401);
      expect((await refresh(app, token)).status).toBe(401);
      expect(await statusOf(app, token)).toBe(401);
    });
  });

  describe('with an access token', () => {
    it('acts as its owner until it expires, and gets no other token for it', async () => {
      const { body } = await signIn(app, 'tokens', 'ada');
      const { access_token } = body;
      expect(await statusOf(app, access_token)).toBe(200);
      expect((await refresh(app, access_token)).status).toBe(400);
      expect(await bySession(access_token)).toBe(401);
      expect(body.expires_in).toBeLessThanOrEqual(900);
    });

    it('is out when the sign-in ends', async () => {
      const { body } = await signIn(app, 'tokens', 'ada');
      const answer = await app.client().post('/auth/logout', { json: { refresh_token: body.refresh_token } });
      expect(answer.status).toBe(204);
      expect(await statusOf(app, body.access_token)).toBe(401);
    });
  });

  describe('with a refresh token', () => {
    it('is found out when both have used it: the family ends, and its access tokens with it', async () => {
      const { body } = await signIn(app, 'tokens', 'ada');
      const theirs = await refreshed(app, body.refresh_token);
      const again = await refreshed(app, theirs.refresh_token);
      expect((await refresh(app, body.refresh_token)).status).toBe(401);
      expect((await refresh(app, again.refresh_token)).status).toBe(401);
      expect(await statusOf(app, again.access_token)).toBe(401);
      expect(app.events).toContainEqual(expect.objectContaining({ type: 'reuse_detected', subject: 'ada' }));
    });

    it('is not noticed while the owner never refreshes', async () => {
      const { body } = await signIn(app, 'tokens', 'ada');
      let token = body.refresh_token;
      for (let i = 0; i < 3; i++) token = (await refreshed(app, token)).refresh_token;
      expect(app.events.filter(({ type }) => type === 'reuse_detected')).toEqual([]);
    });
  });

  describe('with a copy of the database', () => {
    it('finds nothing in it that signs in, refreshes or passes a guard', async () => {
      const session = await sessionOf('ada');
      const { body } = await signIn(app, 'tokens', 'ada');
      await refreshed(app, body.refresh_token, { 'idempotency-key': 'a-key-of-at-least-sixteen' });
      const rows: unknown[] = [];
      for (const entity of [Session, RefreshTokenFamily, AuthSubject, Revocation, AuthEvent])
        rows.push(...(await app.source.query(`select * from "${app.source.getMetadata(entity).tableName}"`)));
      const texts = [...new Set(rows.flatMap((row) => Object.values(row as object)).map(String))];
      expect(texts.length).toBeGreaterThan(20);
      expect(texts.join(' ')).not.toContain(session.token.slice(3));
      const forms = texts.flatMap((text) => [text, `s2_${text}`, `rt1_${text}`, base64url(text)]);
      for (const text of forms.filter((one) => /^[\x21-\x7e]+$/.test(one))) {
        expect(await bySession(text)).toBe(401);
        expect(await statusOf(app, text)).toBe(401);
        expect([400, 401]).toContain((await refresh(app, text)).status);
      }
      expect(await bySession(session.token)).toBe(200);
    });
  });

  describe('who writes to the database', () => {
    it('becomes anybody: a sign-in of their own is given another subject', async () => {
      const { body } = await signIn(app, 'tokens', 'eve');
      await signIn(app, 'tokens', 'ada');
      const epochs = app.source.getRepository(AuthSubject);
      const { epoch } = (await epochs.find()).find(({ subject }) => subject === 'ada')!;
      await app.source
        .getRepository(RefreshTokenFamily)
        .update({ subject: 'eve' }, { subject: 'ada', subjectEpoch: epoch });
      expect((await refreshed(app, body.refresh_token)).user.id).toBe('ada');
    });

    it('makes no session and no refresh token out of nothing: their tags need the secret', async () => {
      const { id, token } = await sessionOf('eve');
      const made = `s2_${Buffer.concat([Buffer.from(id.replaceAll('-', ''), 'hex'), Buffer.alloc(48, 7)]).toString('base64url')}`;
      expect(made).toHaveLength(token.length);
      expect(await bySession(made)).toBe(401);
    });
  });
});

function base64url(text: string): string {
  return Buffer.from(text, /^[0-9a-f]+$/.test(text) ? 'hex' : 'utf8').toString('base64url');
}
