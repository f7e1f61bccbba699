import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Nodes } from '../support/nodes.js';
import { BELOW_THE_EDGE } from '../support/test-app.js';
import type { TestNode } from '../support/test-node.js';

// Processes start: a limit that only a hang reaches.
jest.setTimeout(120_000);

/** An answer that is waited for, and whether it has come. */
function watched<T>(answer: Promise<T>): { readonly answer: Promise<T>; answered: boolean } {
  const watch = { answer, answered: false };
  void answer.then(() => (watch.answered = true));
  return watch;
}

describe.each(BELOW_THE_EDGE)('two nodes on one database, on %s', (adapter) => {
  let nodes: Nodes;
  let one: TestNode;
  let other: TestNode;
  beforeAll(async () => {
    nodes = await Nodes.start(2, { database: 'postgres', adapter });
    [one, other] = nodes.all as [TestNode, TestNode];
  });
  afterAll(() => nodes?.close());

  it('share a session, and the end of it', async () => {
    const subject = randomUUID();
    const session = await one.signIn(subject, 'session');
    expect(await other.request('/session', { credentials: session })).toMatchObject({
      status: 200,
      code: null,
      body: { id: subject, roles: ['user'] },
    });
    expect((await other.logout(session)).status).toBe(204);
    const ended = await one.request('/session', { credentials: session });
    expect(ended).toMatchObject({ status: 401, code: 'AUTH_SESSION_INVALID' });
  });

  it('share a family of refresh tokens, and what announces its end', async () => {
    const tokens = await one.signIn(randomUUID(), 'tokens');
    expect((await other.request('/jwt', { credentials: tokens })).status).toBe(200);
    const { status, body } = await other.refresh(tokens);
    expect(status).toBe(200);
    expect((await one.refresh({ ...tokens, refreshToken: body.refresh_token })).status).toBe(200);
    expect((await one.control('end', { subject: tokens.subject, id: tokens.signInId })).status).toBe(200);
    expect((await other.refresh(tokens)).status).toBe(401);
  });

  it('do what a test tells them', async () => {
    const subject = randomUUID();
    const [session, tokens] = [await one.signIn(subject, 'session'), await one.signIn(subject, 'tokens')];
    await one.control('directory', { subject, roles: ['admin'] });
    expect((await one.request('/session', { credentials: session })).body.roles).toEqual(['admin']);
    expect((await one.control('roles-changed', { subject })).status).toBe(200);
    expect((await one.control('list', { subject })).body).toHaveLength(2);
    expect((await one.control('end-all', { subject })).body).toEqual({ ended: 2 });
    expect((await one.request('/any', { credentials: session })).status).toBe(401);
    expect((await one.refresh(tokens)).status).toBe(401);
    for (const command of ['credentials-changed', 'user-disabled', 'revoke-everything'])
      expect((await one.control(command, { subject })).status).toBe(200);
    expect((await one.control('sign-in', { subject, mode: 'session' })).code).toBe(
      'AUTH_CREDENTIALS_INVALID',
    );
    expect((await one.request('/session')).code).toBe('AUTH_CREDENTIALS_MISSING');
    expect((await one.request('/unguarded')).status).toBe(200);
  });

  it('have a directory that fails, or says nothing', async () => {
    const session = await one.signIn(randomUUID(), 'session');
    await one.control('directory', { mode: 'throw' });
    expect((await one.request('/session', { credentials: session })).code).toBe('AUTH_STORE_UNAVAILABLE');
    await one.control('directory', { mode: 'hang' });
    const waiting = watched(one.request('/session', { credentials: session }));
    for (let i = 0; i < 5; i++) await one.control('list', { subject: session.subject });
    expect(waiting.answered).toBe(false);
    await one.control('directory', { mode: 'ok' });
    expect((await waiting.answer).status).toBe(200);
  });

  it('suspended, one answers nothing until it is resumed; the other goes on', async () => {
    const session = await one.signIn(randomUUID(), 'session');
    await one.suspend();
    const waiting = watched(one.request('/session', { credentials: session }));
    for (let i = 0; i < 5; i++)
      expect((await other.request('/session', { credentials: session })).status).toBe(200);
    expect(waiting.answered).toBe(false);
    one.resume();
    expect((await waiting.answer).status).toBe(200);
  });

  it('killed, one refuses connections; restarted on its port, it serves the session again', async () => {
    const session = await one.signIn(randomUUID(), 'session');
    const { url } = one;
    await one.kill();
    expect((await one.request('/session', { credentials: session })).code).toBe('ECONNREFUSED');
    await one.restart();
    expect(one.url).toBe(url);
    expect((await one.request('/session', { credentials: session })).status).toBe(200);
  });

  it('stops when it is asked to, and keeps what it printed', async () => {
    await other.stop();
    expect((await other.request('/unguarded')).code).toBe('ECONNREFUSED');
    await other.restart();
    expect(other.logs.filter((line) => line.includes('Nest application successfully started'))).toHaveLength(
      2,
    );
  });
});
