import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RefreshTokenFamily } from 'nestjs-aerie/typeorm';
import { refresh, refreshed, signIn, statusOf } from '../support/sign-ins.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';
import { HOUR, MINUTE, SECOND, timePasses } from '../support/time-passes.js';

const KEY = { 'idempotency-key': 'a-key-of-this-token-1' };
const OTHER_KEY = { 'idempotency-key': 'a-key-of-this-token-2' };

describe.each(ADAPTERS)('a late retry with its Idempotency-Key, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  const types = (signInId: string) =>
    app.events.flatMap((event) => ('signInId' in event && event.signInId === signInId ? [event.type] : []));
  const causes = (signInId: string) =>
    app.events.flatMap((event) =>
      event.type === 'reuse_detected' && event.signInId === signInId ? [event.cause] : [],
    );

  async function rotatedWithKey() {
    const { body, id } = await signIn(app, 'tokens');
    const lost = await refreshed(app, body.refresh_token, KEY);
    return { id, parent: body.refresh_token as string, lost };
  }

  it('gets a replacement of the answer that was lost', async () => {
    const { id, parent } = await rotatedWithKey();
    await timePasses(app, 50 * MINUTE);
    const retried = await refreshed(app, parent, KEY);
    expect(await statusOf(app, retried.access_token)).toBe(200);
    expect((await refresh(app, retried.refresh_token)).status).toBe(200);
    expect(types(id)).toEqual(['signed_in', 'token_rotated', 'token_retried_late', 'token_rotated']);
  });

  it('replaces: use of the former successor is noticed, and ends the family', async () => {
    const { id, parent, lost } = await rotatedWithKey();
    await timePasses(app, MINUTE);
    const retried = await refreshed(app, parent, KEY);
    expect(retried.refresh_token).not.toBe(lost.refresh_token);
    expect((await refresh(app, lost.refresh_token)).status).toBe(401);
    expect(causes(id)).toEqual(['replaced']);
    expect((await refresh(app, retried.refresh_token)).status).toBe(401);
    expect(await statusOf(app, retried.access_token)).toBe(401);
  });

  it('is found out as well when the replacement was used first', async () => {
    const { id, parent, lost } = await rotatedWithKey();
    await timePasses(app, MINUTE);
    const retried = await refreshed(app, parent, KEY);
    const next = await refreshed(app, retried.refresh_token);
    expect((await refresh(app, lost.refresh_token)).status).toBe(401);
    expect(causes(id)).toEqual(['parent_other_hash']);
    expect((await refresh(app, next.refresh_token)).status).toBe(401);
  });

  it('gets the same replacement again inside the window of that', async () => {
    const { parent } = await rotatedWithKey();
    await timePasses(app, MINUTE);
    const retried = await refreshed(app, parent, KEY);
    await timePasses(app, 20 * SECOND);
    expect((await refreshed(app, parent, KEY)).refresh_token).toBe(retried.refresh_token);
    expect((await refresh(app, retried.refresh_token)).status).toBe(200);
  });

  it('gets three replacements at most; then it is refused, and nothing is revoked', async () => {
    const { id, parent } = await rotatedWithKey();
    let last: any;
    for (let i = 0; i < 3; i++) {
      await timePasses(app, MINUTE);
      last = await refreshed(app, parent, KEY);
    }
    await timePasses(app, MINUTE);
    expect((await refresh(app, parent, KEY)).status).toBe(401);
    expect(causes(id)).toEqual([]);
    expect((await refresh(app, last.refresh_token)).status).toBe(200);
  });

  it.each([
    ['without a key', undefined],
    ['with another key', OTHER_KEY],
  ])('is reuse %s', async (_name, headers) => {
    const { id, parent, lost } = await rotatedWithKey();
    await timePasses(app, MINUTE);
    expect((await refresh(app, parent, headers)).status).toBe(401);
    expect(causes(id)).toEqual(['parent_late']);
    expect((await refresh(app, lost.refresh_token)).status).toBe(401);
  });

  it('is reuse when the rotation had no key', async () => {
    const { body, id } = await signIn(app, 'tokens');
    await refreshed(app, body.refresh_token);
    await timePasses(app, MINUTE);
    expect((await refresh(app, body.refresh_token, KEY)).status).toBe(401);
    expect(causes(id)).toEqual(['parent_late']);
  });

  it('is reuse when it comes later than an hour', async () => {
    const { id, parent } = await rotatedWithKey();
    await timePasses(app, HOUR + SECOND);
    expect((await refresh(app, parent, KEY)).status).toBe(401);
    expect(causes(id)).toEqual(['parent_late']);
  });

  it('is reuse once the successor itself was rotated', async () => {
    const { id, parent, lost } = await rotatedWithKey();
    await refreshed(app, lost.refresh_token);
    expect((await refresh(app, parent, KEY)).status).toBe(401);
    expect(causes(id)).toEqual(['ancestor']);
  });

  it('keeps nothing of the key: neither itself nor a digest that another token shares', async () => {
    const { id } = await rotatedWithKey();
    const { id: other } = await rotatedWithKey();
    const rows = app.source.getRepository(RefreshTokenFamily);
    const [one, two] = [await rows.findOneByOrFail({ id }), await rows.findOneByOrFail({ id: other })];
    expect(one.attemptHash).toMatch(/^[0-9a-f]{64}$/);
    expect(one.attemptHash).not.toBe(two.attemptHash);
    expect(JSON.stringify(one)).not.toContain(KEY['idempotency-key']);
  });

  it.each([
    ['too short', 'fifteen-letters'],
    ['too long', 'k'.repeat(256)],
    ['of two words', 'sixteen letters and more'],
  ])('is malformed with a key that is %s, and moves nothing', async (_name, key) => {
    const { body, id } = await signIn(app, 'tokens');
    const answer = await refresh(app, body.refresh_token, { 'idempotency-key': key });
    expect([answer.status, answer.body.code]).toEqual([400, 'AUTH_REQUEST_INVALID']);
    const row = await app.source.getRepository(RefreshTokenFamily).findOneByOrFail({ id });
    expect(row.generation).toBe(0);
    expect((await refresh(app, body.refresh_token)).status).toBe(200);
  });
});
