// The recipes of docs/recipes.md, each in an application. OAuth has a test of its own (`test/sign-in/oauth.e2e-spec.ts`).
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { tokenOf } from '../nest-integration/credentials.js';
import { TestGraphqlDriver } from '../nest-integration/graphql-driver.js';
import { documentedModule } from '../support/documented-module.js';
import { ADAPTERS, startTestApp, type TestApp, type TestAppInput } from '../support/test-app.js';
import type { TestUser } from '../support/test-users.js';

const PAGE = 'docs/recipes.md';

describe.each(ADAPTERS)('recipes, on %s', (adapter) => {
  let app: TestApp;
  afterEach(() => app.close());

  const start = async (input: TestAppInput, people: Readonly<Record<string, Partial<TestUser>>>) => {
    app = await startTestApp({ adapter, ...input });
    for (const [id, user] of Object.entries(people)) await app.users.add(id, undefined, { id, ...user });
  };
  const statusOf = async (method: 'get' | 'delete', path: string, id?: string): Promise<number> => {
    const bearer = id === undefined ? {} : { bearer: await tokenOf(app, id) };
    return (await app.client()[method](path, bearer)).status;
  };

  it('CASL: the ability guard finds the user that our guard admitted', async () => {
    const { InvoicesModule } = await documentedModule(PAGE, 'casl');
    // Before AuthModule, where its guard would run first if ours were an ordinary APP_GUARD.
    await start(
      { imports: [InvoicesModule as Type], options: { globalGuard: true } },
      { ada: { roles: ['accountant'] }, bob: {} },
    );
    expect(await statusOf('get', '/invoices')).toBe(401);
    expect(await statusOf('get', '/invoices', 'bob')).toBe(200);
    expect(await statusOf('delete', '/invoices', 'bob')).toBe(403);
    expect(await statusOf('delete', '/invoices', 'ada')).toBe(200);
    expect(await statusOf('get', '/invoices/public')).toBe(403);
  });

  it('tenants: only the own one is there, by token and by session', async () => {
    const { ProjectsController, accessTokens } = await documentedModule(PAGE, 'tenants');
    await start(
      { controllers: [ProjectsController as Type], options: { accessTokens } },
      { ada: {}, bob: {} },
    );
    const load = app.users.loadSubject.bind(app.users);
    const tenants: Record<string, string> = { ada: 'red' };
    app.users.loadSubject = async (id) => {
      const subject = await load(id);
      return subject && { ...subject, ...(tenants[id] !== undefined && { tenant: tenants[id] }) };
    };
    expect(await statusOf('get', '/tenants/red/projects')).toBe(401);
    expect(await statusOf('get', '/tenants/red/projects', 'ada')).toBe(200);
    expect(await statusOf('get', '/tenants/blue/projects', 'ada')).toBe(404);
    expect(await statusOf('get', '/tenants/undefined/projects', 'bob')).toBe(404);

    const browser = app.client();
    await browser.post('/auth/login', { json: { identifier: 'ada', password: 'correct horse battery' } });
    expect((await browser.get('/tenants/red/projects')).body).toEqual({ tenant: 'red', for: 'ada' });
    expect((await browser.get('/tenants/blue/projects')).status).toBe(404);

    const bearer = await tokenOf(app, 'ada');
    tenants['ada'] = 'blue';
    await app.authentication.rolesChanged('ada');
    expect((await app.client().get('/tenants/red/projects', { bearer })).status).toBe(401);
    expect(await statusOf('get', '/tenants/blue/projects', 'ada')).toBe(200);
  });

  it('GraphQL: a context of the application leads our guard to the request', async () => {
    const { AccountResolver, context } = await documentedModule(PAGE, 'graphql');
    await start(
      {
        imports: [GraphQLModule.forRoot({ driver: TestGraphqlDriver, autoSchemaFile: true, context })],
        providers: [AccountResolver as Type],
      },
      { ada: {} },
    );
    const ask = async (bearer?: string) => {
      const given = bearer === undefined ? {} : { bearer };
      return (await app.client().post('/graphql', { json: { query: '{ account }' }, ...given })).body;
    };
    expect((await ask()).errors[0].extensions.code).toBe('AUTH_CREDENTIALS_MISSING');
    expect(await ask(await tokenOf(app, 'ada'))).toEqual({ data: { account: 'ada' } });
  });

  it('RouterModule: guards move with their controllers, and our routes with routes.path', async () => {
    const { AdminModule, routes } = await documentedModule(PAGE, 'router-module');
    await start(
      { imports: [AdminModule as Type], options: { routes } },
      { ada: { roles: ['admin'] }, bob: {} },
    );
    expect(await statusOf('get', '/admin/reports')).toBe(401);
    expect(await statusOf('get', '/admin/reports', 'bob')).toBe(403);
    expect(await statusOf('get', '/admin/reports', 'ada')).toBe(200);
    expect(await statusOf('get', '/reports', 'ada')).toBe(404);
    const json = { identifier: 'ada', password: 'correct horse battery' };
    expect((await app.client().post('/auth/login', { json })).status).toBe(404);
    expect((await app.client().post('/admin/auth/login', { json })).status).toBe(200);
  });
});
