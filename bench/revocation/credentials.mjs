// What is revoked, in turn: a session, and the family of refresh tokens that an access token belongs to.
import assert from 'node:assert/strict';

async function login(client, mode) {
  const body = { identifier: `user-${crypto.randomUUID()}`, password: 'any will do', mode };
  const answer = await client.send('POST', '/auth/login', { body });
  assert.equal(answer.status, 200, answer.text);
  return answer;
}

/** Each signs in at a node, and says what to show to the others and how to sign out. */
export const KINDS = [
  {
    name: 'session',
    async signIn(client) {
      const { headers } = await login(client, 'session');
      const cookie = headers['set-cookie'][0].split(';')[0];
      return { path: '/session', headers: { cookie }, signOut: { headers: { cookie } } };
    },
  },
  {
    name: 'family',
    async signIn(client) {
      const { text } = await login(client, 'tokens');
      const { access_token: access, refresh_token } = JSON.parse(text);
      return {
        path: '/jwt',
        headers: { authorization: `Bearer ${access}` },
        signOut: { body: { refresh_token } },
      };
    },
  },
];
