import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceIssuer, ServiceClients } from 'nestjs-aerie/service-tokens';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';

describe.each(ADAPTERS)('guessing at the secret of a service client, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({
      adapter,
      trustProxy: true,
      options: {
        features: [serviceIssuer()],
        attempts: { accountAndAddress: 3, acceptAnyForwardedAddress: true },
      },
    });
  });
  afterAll(() => app.close());

  it('is refused after a few tries from an address; the client itself, from its own, is not', async () => {
    const { client, secret } = await app.app.get(ServiceClients).register({
      id: 'reports',
      label: 'Reports',
      grants: ['client_credentials'],
      audiences: ['https://billing.example.com'],
      scopes: ['read'],
    });
    const ask = async (ip: string, given: string) => {
      const answer = await fetch(`${app.url}/auth/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'read' }),
        headers: {
          authorization: `Basic ${Buffer.from(`${client.id}:${given}`).toString('base64')}`,
          'x-forwarded-for': ip,
        },
      });
      return {
        status: answer.status,
        headers: answer.headers,
        body: (await answer.json()) as Record<string, unknown>,
      };
    };
    for (let i = 0; i < 5; i++) expect((await ask('203.0.113.8', secret!)).status).toBe(200);
    for (let i = 0; i < 3; i++) expect((await ask('203.0.113.7', 'wrong')).status).toBe(401);
    const { status, headers, body } = await ask('203.0.113.7', secret!);
    expect([status, body['code'], body['error']]).toEqual([
      429,
      'AUTH_RATE_LIMITED',
      'temporarily_unavailable',
    ]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask('203.0.113.8', secret!)).status).toBe(200);
  });
});
