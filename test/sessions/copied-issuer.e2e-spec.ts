import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LogTrap } from '../support/log-trap.js';
import { PASSWORD } from '../support/sign-ins.js';
import { ADAPTERS, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';

const LOGIN = { identifier: 'ada', password: PASSWORD };

describe.each(ADAPTERS)('an issuer that was copied from the documentation, on %s', (adapter) => {
  const log = new LogTrap();
  let app: TestApp;
  let own: string;
  beforeAll(async () => {
    app = await startTestApp({ adapter, override: log.override });
    own = `http://${new URL(app.url).host}`;
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  const login = (headers: Record<string, string>) =>
    app.client().post('/auth/login', { json: LOGIN, headers });
  const refused = () => log.lines.filter((line) => line.includes('AUTH_CSRF_REJECTED'));

  it('lets the browsers sign in whose page this very server sent', async () => {
    for (const origin of [own, 'null'])
      expect((await login({ origin, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect(refused()).toEqual([]);
  });

  it('refuses a browser that does not tell, and says so once', async () => {
    for (let i = 0; i < 3; i++) {
      const { status, body } = await login({ origin: own });
      expect([status, body.code]).toEqual([403, 'AUTH_CSRF_REJECTED']);
    }
    expect(refused()).toEqual([expect.stringContaining(`Origin "${own}", Sec-Fetch-Site (not sent)`)]);
    expect(refused()[0]).toContain(`allowed are ${ISSUER} ("issuer" and "trustedOrigins")`);
  });

  it('refuses the development server on another port, and names what to add', async () => {
    const vite = 'http://localhost:5173';
    const headers = { origin: vite, 'sec-fetch-site': 'same-site' };
    expect((await login(headers)).status).toBe(403);
    expect(refused().filter((line) => line.includes(vite))).toHaveLength(1);
  });
});

describe.each(ADAPTERS)('trusted origins, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    const trustedOrigins = ['https://Bücher.example:443/', 'capacitor://localhost', 'http://localhost:5173/'];
    app = await startTestApp({ adapter, options: { trustedOrigins } });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  it.each(['https://xn--bcher-kva.example', 'capacitor://localhost', 'http://localhost:5173'])(
    'are compared as browsers write them: %s',
    async (origin) => {
      const headers = { origin, 'sec-fetch-site': 'cross-site' };
      expect((await app.client().post('/auth/login', { json: LOGIN, headers })).status).toBe(200);
    },
  );

  it.each(['https://xn--bcher-kva.example:8443', 'capacitor://evil', 'ionic://localhost'])(
    'are no more than what is listed: %s',
    async (origin) => {
      const headers = { origin, 'sec-fetch-site': 'cross-site' };
      expect((await app.client().post('/auth/login', { json: LOGIN, headers })).status).toBe(403);
    },
  );
});
