// The adapters of examples/browser-client with the real libraries, against a real application.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import '@angular/compiler';
import {
  HttpClient as AngularHttpClient,
  provideHttpClient,
  withFetch,
  withInterceptors,
} from '@angular/common/http';
import {
  createEnvironmentInjector,
  type EnvironmentInjector,
  provideZonelessChangeDetection,
  ɵINJECTOR_SCOPE as INJECTOR_SCOPE,
} from '@angular/core';
import axios, { type AxiosInstance } from 'axios';
import type { AuthClient } from 'nestjs-aerie/client';
import { firstValueFrom } from 'rxjs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signedIn } from '../../examples/browser-client/angular.js';
import { signRequestsIn } from '../../examples/browser-client/axios.js';
import { secureStorage } from '../../examples/browser-client/secure-storage.js';
import { queriesOf } from '../../examples/browser-client/tanstack-query.js';
import { ADAPTERS } from '../support/test-app.js';
import { type ClientApp, signIn, startClientApp, unavailable } from './client-app.js';
import { FakeBrowser } from './fake-browser.js';

const MINUTE = 60_000;

describe.each(ADAPTERS)('adapters of the browser client on %s', (adapter) => {
  let server: ClientApp;
  let browser: FakeBrowser;
  let auth: AuthClient;
  beforeAll(async () => void (server = await startClientApp({ adapter })));
  afterAll(() => server.app.close());
  beforeEach(async () => {
    browser = new FakeBrowser(server.app.url);
    auth = browser.tab();
    await signIn(auth);
  });
  afterEach(() => browser.close());

  describe('axios', () => {
    let http: AxiosInstance;
    beforeEach(() => {
      http = axios.create({ baseURL: server.app.url, adapter: 'fetch', env: { fetch: browser.fetch } });
      signRequestsIn(http, auth);
    });

    it('asks as the user, and again after an expired token', async () => {
      expect((await http.get('/notes')).data.of).toBe(auth.user!.id);
      server.clock.pass(16 * MINUTE);
      const { data } = await http.post('/notes', { text: 'milk' });
      expect(data).toEqual({ of: auth.user!.id, body: { text: 'milk' } });
      expect(browser.countOf('POST /notes')).toBe(2);
    });

    it('asks again once, and fails as axios does', async () => {
      browser.network.before = ({ url }) =>
        url.endsWith('/notes')
          ? Response.json({ code: 'AUTH_ACCESS_TOKEN_STALE' }, { status: 401 })
          : undefined;
      await expect(http.get('/notes')).rejects.toMatchObject({ response: { status: 401 } });
      expect(browser.countOf('GET /notes')).toBe(2);
    });

    it('sends the token to no other origin', async () => {
      browser.network.before = ({ url }) => (url.includes('evil') ? Response.json({}) : undefined);
      await http.get('https://evil.example/notes');
      expect(browser.sent.at(-1)!.headers.has('authorization')).toBe(false);
    });
  });

  describe('Angular', () => {
    let injector: EnvironmentInjector;
    let http: AngularHttpClient;
    const { fetch } = globalThis;
    beforeEach(() => {
      globalThis.fetch = browser.fetch;
      const providers = [
        { provide: INJECTOR_SCOPE, useValue: 'root' },
        provideZonelessChangeDetection(),
        provideHttpClient(withFetch(), withInterceptors([signedIn(auth)])),
      ];
      injector = createEnvironmentInjector(providers, null as never);
      http = injector.get(AngularHttpClient);
    });
    afterEach(() => {
      globalThis.fetch = fetch;
      injector.destroy();
    });

    it('asks as the user, and again after an expired token', async () => {
      expect(await firstValueFrom(http.get<any>(`${server.app.url}/notes`))).toMatchObject({
        of: auth.user!.id,
      });
      server.clock.pass(16 * MINUTE);
      const body = await firstValueFrom(http.post<any>(`${server.app.url}/notes`, { text: 'milk' }));
      expect(body).toEqual({ of: auth.user!.id, body: { text: 'milk' } });
      expect(browser.countOf('POST /notes')).toBe(2);
    });
  });

  describe('TanStack Query', () => {
    it('asks as the user, forgets for another one, and does not repeat a refusal', async () => {
      const queries = queriesOf(auth);
      const query = { queryKey: ['/notes'] };
      const ada = auth.user!.id;
      expect(await queries.fetchQuery<any>(query)).toMatchObject({ of: ada });
      server.clock.pass(16 * MINUTE);
      expect(await queries.fetchQuery<any>({ ...query, staleTime: 0 })).toMatchObject({ of: ada });
      const bob = await signIn(auth, 'bob');
      await Promise.resolve();
      expect(queries.getQueryData(query.queryKey)).toBeUndefined();
      expect(await queries.fetchQuery<any>(query)).toMatchObject({ of: bob.id });
      const before = browser.countOf('GET /nothing');
      const refusal = await queries.fetchQuery({ queryKey: ['/nothing'] }).catch((error) => error);
      expect(refusal).toMatchObject({ status: 404 });
      expect(browser.countOf('GET /nothing')).toBe(before + 1);
      queries.clear();
    });

    it('repeats what a server could not answer, after the time that it asks for', async () => {
      let answers = 0;
      browser.network.before = ({ url }) =>
        url.endsWith('/notes') && answers++ === 0 ? unavailable(0.01) : undefined;
      const queries = queriesOf(auth);
      expect(await queries.fetchQuery<any>({ queryKey: ['/notes'] })).toMatchObject({ of: auth.user!.id });
      queries.clear();
    });
  });

  it('a storage of a phone keeps the user signed in', async () => {
    const items = new Map<string, string>();
    const store = {
      getItem: async (key: string) => items.get(key) ?? null,
      setItem: async (key: string, value: string) => void items.set(key, value),
      removeItem: async (key: string) => void items.delete(key),
    };
    const phone = () => browser.tab({ mode: 'tokens', storage: secureStorage(store) });
    const { id } = await signIn(phone());
    await expect(phone().restore()).resolves.toMatchObject({ id });
  });
});

describe('the guide', () => {
  it.each(['axios', 'angular', 'tanstack-query', 'secure-storage'])('quotes the example %s', async (name) => {
    const text = await readFile(
      join(import.meta.dirname, `../../examples/browser-client/${name}.ts`),
      'utf8',
    );
    expect(await readFile(join(import.meta.dirname, '../../docs/browser-client.md'), 'utf8')).toContain(text);
  });
});
