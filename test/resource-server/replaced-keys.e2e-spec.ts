// What becomes of tokens at a service when the issuer replaces every signing key, as after a leak of a private one.
import { describe, expect, it } from '@jest/globals';
import { SigningKeys } from 'nestjs-aerie';
import { signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE } from '../support/test-app.js';
import { until } from '../support/until.js';
import { es256Key } from './es256.js';
import { startIssuer } from './issuer.js';
import { startResourceApp } from './resource-app.js';
import { StandIn } from './stand-in.js';

const INVALID = { status: 401, code: 'AUTH_ACCESS_TOKEN_INVALID' };
const GOOD = { status: 200 };
/** Below `keys.maxAge`, ten minutes, and the cool-down, half a minute. */
const SOON_MS = 20_000;

describe.each(BELOW_THE_EDGE)('when an issuer on %s replaces its keys', (adapter) => {
  it('a service that follows the feed reads them at once', async () => {
    const issuer = await startIssuer(adapter, { keys: 'managed' });
    const revocation = {
      mode: 'feed',
      url: issuer.revocationsUrl,
      client: issuer.orders,
      pollInterval: '100ms',
    } as const;
    const service = await startResourceApp({ adapter, options: { jwksUri: issuer.jwksUri, revocation } });
    const tokenOf = async (): Promise<string> => (await signIn(issuer, 'tokens')).body.access_token;
    const former = await tokenOf();
    expect(await service.get('/orders', former)).toMatchObject(GOOD);
    await issuer.app.get(SigningKeys).replaceAll();
    const ended = async () => (await service.get('/orders', former)).status === 401;
    await until('what the former key signed is refused', ended, SOON_MS);
    expect(await service.get('/orders', former)).toMatchObject(INVALID);
    expect(await service.get('/orders', await tokenOf())).toMatchObject(GOOD);
  });
});

it('a service asks for keys once, however often it is said that they were replaced', async () => {
  const key = es256Key('k1');
  const keys = await StandIn.start(() => ({ keys: [key.jwk] }));
  let said = 0;
  const feed = await StandIn.start((request, response) => {
    if (request.path.startsWith('/token'))
      return { access_token: 't', token_type: 'Bearer', expires_in: 300 };
    if (request.path.includes('ids=')) return { now: Date.now(), revocations: [] };
    const row = { id: ++said, kind: 'keys', value: '', epoch: null };
    const times = { created_at: Date.now(), expires_at: Date.now() + 60_000 };
    const after = Number(/after=(\d+)/.exec(request.path)?.[1] ?? 0);
    if (after >= said) return void response.writeHead(500).end();
    return { now: Date.now(), revocations: [{ ...row, ...times }] };
  });
  const revocation = {
    mode: 'feed',
    url: `${feed.url}/revocations`,
    client: { clientId: 'orders', secret: 'a secret of the client', tokenUrl: `${feed.url}/token` },
    pollInterval: '100ms',
  } as const;
  const service = await startResourceApp({ options: { jwksUri: `${keys.url}/keys.json`, revocation } });
  await until('twenty revocations', () => said > 20);
  expect(await service.get('/orders', key.token())).toMatchObject(GOOD);
  // When it started, and when it heard the first of them; 5 s later again.
  expect(keys.received.length).toBeLessThanOrEqual(3);
});
