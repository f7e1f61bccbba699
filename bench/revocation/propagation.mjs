// One revocation at one node, and the moment at which every other node refuses what was revoked.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

/** Between an answer and the next request to the same node. */
const BETWEEN_MS = 1;
/** A node that answers for longer than this does not know of the revocation at all. */
const GIVE_UP_MS = 10_000;
/** Asked again after a refusal: it has to stand. */
const CONFIRMATIONS = 3;

/**
 * Signs in at `node`, shows the credentials to `others` again and again, signs out at a random moment of `pauseMs`.
 * Milliseconds of this process's monotonic clock, to the refusal's arrival from the last of the others:
 * `sinceRequest` from sending the sign-out, `sinceAnswer` from its answer (0 when all had refused before).
 */
export async function propagation(kind, node, others, pauseMs) {
  const credentials = await kind.signIn(node);
  await Promise.all(others.map((other) => admitted(other, credentials)));
  const revocation = { requested: Infinity };
  const watches = others.map((other) => refusedAt(other, credentials, revocation));
  const seen = Promise.all(watches);
  const signedOut = pause(Math.random() * pauseMs).then(async () => {
    revocation.requested = performance.now();
    const { status, text } = await node.send('POST', '/auth/logout', credentials.signOut);
    const answered = performance.now();
    assert.equal(status, 204, text);
    return answered;
  });
  const [answered, refusals] = await Promise.all([signedOut, seen]);
  const last = Math.max(...refusals);
  return { sinceRequest: last - revocation.requested, sinceAnswer: Math.max(0, last - answered) };
}

async function admitted(client, { path, headers }) {
  const { status } = await client.send('GET', path, { headers });
  assert.equal(status, 200, 'credentials that were not revoked were refused');
}

/** Asks until the answer is 401. Throws when that comes too early, never, or does not stand. */
async function refusedAt(client, { path, headers }, revocation) {
  const ask = async () => (await client.send('GET', path, { headers })).status;
  for (;;) {
    await pause(BETWEEN_MS);
    const status = await ask();
    const now = performance.now();
    if (status === 401) {
      assert.ok(now > revocation.requested, 'refused before anybody signed out');
      for (let i = 0; i < CONFIRMATIONS; i++)
        assert.equal(await ask(), 401, 'a refused credential was accepted again');
      return now;
    }
    assert.equal(status, 200);
    assert.ok(
      now < revocation.requested + GIVE_UP_MS,
      `${path}: accepted ${GIVE_UP_MS} ms after the sign-out`,
    );
  }
}
