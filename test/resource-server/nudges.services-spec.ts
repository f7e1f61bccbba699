// Needs Redis: a service far from its next poll knows of a revocation at once, by the issuer's own channel.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from 'redis';
import { signIn } from '../support/sign-ins.js';
import { until } from '../support/until.js';
import { type Issuer, startIssuer } from './issuer.js';
import { startResourceApp } from './resource-app.js';

const REVOKED = { status: 401, code: 'AUTH_ACCESS_TOKEN_REVOKED' };

describe('notifications through Redis', () => {
  const redis = createClient({ url: 'redis://127.0.0.1:6379' });
  let issuer: Issuer;
  beforeAll(async () => {
    await redis.connect();
    issuer = await startIssuer('express', { revocation: { redis } });
  });
  afterAll(() => redis.destroy());

  const service = (notified: boolean) =>
    startResourceApp({
      options: {
        jwksUri: issuer.jwksUri,
        revocation: {
          mode: 'feed',
          client: issuer.orders,
          url: issuer.revocationsUrl,
          pollInterval: '60s',
          maxStaleness: '60s',
          ...(notified && { redis }),
        },
      },
    });

  it('make a revocation known at once, in a service that would poll a minute later', async () => {
    const [notified, polling] = [await service(true), await service(false)];
    const { client, body } = await signIn(issuer, 'tokens');
    for (const one of [notified, polling])
      expect(await one.get('/orders', body.access_token)).toMatchObject({ status: 200 });
    await client.post('/auth/logout', { json: { refresh_token: body.refresh_token } });
    const isRefused = async () => (await notified.get('/orders', body.access_token)).status === 401;
    await until('the token is refused', isRefused, 10_000);
    expect(await notified.get('/orders', body.access_token)).toMatchObject(REVOKED);
    // The other one is the proof that no poll did it.
    expect(await polling.get('/orders', body.access_token)).toMatchObject({ status: 200 });
  });
});
