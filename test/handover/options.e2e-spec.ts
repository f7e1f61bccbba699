import { afterEach, describe, expect, it } from '@jest/globals';
import { handover } from 'nestjs-aerie/handover';
import { signIn } from '../support/sign-ins.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { arrived, linked, started } from './places.js';

describe('the options of handover()', () => {
  let app: TestApp | undefined;
  afterEach(() => app?.close());

  it.each<[Record<string, unknown>, string]>([
    [{ base: 'app.example.com' }, 'handover.base'],
    [{ base: 'https://app.example.com/?a=b' }, 'handover.base'],
    [{ base: 'ftp://app.example.com' }, 'handover.base'],
    [{ base: 'https://user@app.example.com' }, 'handover.base'],
    [{ target: 'https://evil.example' }, 'handover.target'],
    [{ mode: 'tokens' }, 'handover.mode'],
    [{ accountName: 'email' }, 'handover.accountName'],
    [{ lifetime: '5m' }, 'handover.lifetime'],
  ])('%j is refused by name', async (options, named) => {
    await expect(startTestApp({ options: { features: [handover(options as never)] } })).rejects.toThrow(
      `"${named}" must be`,
    );
  });

  it('links begin with the issuer, or with the base', async () => {
    app = await startTestApp({ options: { features: [handover()] } });
    await app.users.add('ada');
    const { body } = await signIn(app, 'tokens');
    const json = { refresh_token: body.refresh_token as string };
    const headers = { host: 'evil.example' };
    const { url } = (await app.client().post('/auth/handover', { json, headers })).body;
    expect(url).toMatch(/^https:\/\/api\.example\.com\/auth\/handover\/open\/ho1_/);
  });

  it('the page shows the name that the application gives, as text', async () => {
    app = await started({}, { accountName: (user) => `<b>${user.id} & co</b>` });
    const page = await arrived(app.client(), (await linked(app)).path);
    expect(page.body).toContain('&lt;b&gt;ada &amp; co&lt;/b&gt;');
  });

  it('without the feature there is no route', async () => {
    app = await startTestApp();
    expect((await app.client().post('/auth/handover', { json: {} })).status).toBe(404);
  });
});
