// The description of the demo's routes, as the demo serves it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { createApp } from '../../src/create-app.js';
import { demoConfig } from '../../src/demo-config.js';
import { HttpClient } from '../support/http-client.js';
import { ADAPTERS, SECRET } from '../support/test-app.js';

describe.each(ADAPTERS)('/docs of the demo, on %s', (adapter) => {
  let app: INestApplication;
  let client: HttpClient;
  beforeAll(async () => {
    const env = { HTTP_ADAPTER: adapter, DATABASE_URL: 'sqlite::memory:', AUTH_SECRET: SECRET, PORT: '0' };
    app = await createApp(demoConfig(env));
    await app.listen(0, '127.0.0.1');
    client = new HttpClient((await app.getUrl()).replace(/\/$/, ''));
  });
  afterAll(() => app.close());

  it.each(['/docs', '/docs/swagger-ui-init.js', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui.css'])(
    'serves %s under a policy of its own',
    async (path) => {
      const { status, headers } = await client.get(path);
      expect(status).toBe(200);
      const policy = headers.get('content-security-policy');
      expect(policy).toContain("default-src 'none'; script-src 'self';");
      expect(policy).toContain("form-action 'none'; base-uri 'none'; frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  it('leaves other routes without that policy', async () => {
    const policy = (await client.get('/auth/me')).headers.get('content-security-policy');
    expect(policy ?? '').not.toContain("style-src 'self' 'unsafe-inline'");
  });

  it('has every route of the demo: guarded ones with credentials, public ones without', async () => {
    const { body } = await client.get('/docs-json');
    const { paths } = body as OpenAPIObject;
    const either = [{ bearer: [] }, { session: [] }];
    expect(paths['/notes']!.get!.security).toEqual(either);
    expect(paths['/notes']!.post!.security).toEqual(either);
    expect(paths['/users/me']!.get!.security).toEqual(either);
    expect(paths['/users']!.post!.security).toEqual([]);
    expect(paths['/auth/login']!.post!.security).toEqual([]);
    expect(paths['/auth/magic/send']!.post!.summary).toBe('Mail a link that signs in');
    expect(paths['/auth/magic']!.get).toBeUndefined();
    // What the demo's decorators say of a status stays.
    expect(paths['/notes']!.post!.responses['400']).toMatchObject({
      description: 'The text is missing, empty or too long.',
    });
    expect(Object.keys(paths['/notes']!.post!.responses)).toEqual(['201', '400', '401', '403', '503']);
  });
});
