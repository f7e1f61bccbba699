import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refreshed, signIn } from '../support/sign-ins.js';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';

describe.each(ADAPTERS)('an address that a trusted proxy forwards, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter, trustProxy: true });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  it.each([
    ['203.0.113.7:51234', '203.0.113.7'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['unknown', null],
    ['<script>alert(1)</script>', null],
    ['9'.repeat(300), null],
  ])('is kept alone: %s', async (forwarded, ip) => {
    const { id } = await signIn(app, 'session', 'ada', { 'x-forwarded-for': forwarded });
    const listed = await app.authentication.listSignIns('user-1');
    expect(listed.find((one) => one.id === id)).toMatchObject({ ip });
    expect(app.events.find((one) => one.type === 'signed_in' && one.signInId === id)).toMatchObject({ ip });
  });

  it.each([
    ['203.0.113.7:51234', '203.0.113.7:51235', true],
    ['203.0.113.7', '::ffff:203.0.113.7', true],
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['203.0.113.7', '203.0.113.8', false],
  ])('is compared with that of a replay: %s and %s', async (one, other, sameIp) => {
    const { body, id } = await signIn(app, 'tokens');
    await refreshed(app, body.refresh_token, { 'x-forwarded-for': one });
    await refreshed(app, body.refresh_token, { 'x-forwarded-for': other });
    const replayed = app.events.find((event) => event.type === 'token_replayed' && event.signInId === id);
    expect(replayed).toMatchObject({ sameIp });
  });
});
