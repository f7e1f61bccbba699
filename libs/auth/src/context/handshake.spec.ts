import { beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Authenticator } from '../sign-in/authenticator.js';
import type { HttpRequest } from './http-request.js';
import { OriginCheck } from './origin-check.js';
import { RecentSignIn } from '../sign-in/recent-sign-in.js';
import { RequestAuthenticator } from './request-authenticator.js';

const OWN = 'https://api.example.com';
const sessions = {
  session: async () => ({ kind: 'session' }),
  cachedSession: () => ({ kind: 'session' }),
} as unknown as Authenticator;
const requests = new RequestAuthenticator(
  sessions,
  { session: 's', access: null },
  new OriginCheck([OWN]),
  new RecentSignIn(() => 0),
);

const handshake = (more: object): HttpRequest => {
  const raw = { rawHeaders: ['Host', 'api.example.com', 'Origin', 'https://evil.example', 'Cookie', 's=x'] };
  return { method: 'GET', headers: { upgrade: 'websocket', cookie: 's=x', ...more }, raw };
};

describe('a handshake', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it.each([
    { origin: OWN },
    { origin: OWN, 'sec-fetch-site': 'same-origin' },
    { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
    {},
  ])('has the origin that its lines say, not what a server added later: %j', async (added) => {
    const refused = requests.authenticate(handshake(added), 'any');
    await expect(refused).rejects.toMatchObject({ code: 'AUTH_CSRF_REJECTED' });
  });

  it('with two origins is refused', async () => {
    const request = handshake({ origin: OWN });
    (request.raw as { rawHeaders: string[] }).rawHeaders = ['origin', OWN, 'origin', 'https://evil.example'];
    await expect(requests.authenticate(request, 'any')).rejects.toMatchObject({ code: 'AUTH_CSRF_REJECTED' });
  });

  it.each<[string, Partial<HttpRequest>]>([
    ['an Upgrade header', { method: 'GET', headers: { upgrade: 'websocket', cookie: 's=x' } }],
    ['extended CONNECT', { method: 'CONNECT', headers: { ':protocol': 'websocket', cookie: 's=x' } }],
    ['its pseudo-header alone', { method: 'GET', headers: { ':protocol': 'websocket', cookie: 's=x' } }],
  ])('is told by %s, and never answered without being asked about', async (_what, request) => {
    expect(requests.cached(request as HttpRequest, 'any', null)).toBeUndefined();
    const forged = { ...request, headers: { ...request.headers, origin: 'https://evil.example' } };
    const refused = requests.authenticateOnce(forged as HttpRequest, 'any', null);
    await expect(refused).rejects.toMatchObject({ code: 'AUTH_CSRF_REJECTED' });
  });
});
