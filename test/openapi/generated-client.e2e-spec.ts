// A client that openapi-typescript generates from the document: it compiles, and talks to the application that it describes.
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, DocumentBuilder } from '@nestjs/swagger';
import { AnyAuthGuard, CurrentUser, Roles } from 'nestjs-aerie';
import { createAuthDocument } from 'nestjs-aerie/openapi';
import openapiTypescript, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';

const ROOT = join(import.meta.dirname, '../..');

class Greeting {
  @ApiProperty({ type: String }) text!: string;
}
@Controller('greeting')
class GreetingController {
  @UseGuards(AnyAuthGuard)
  @Get()
  @ApiOkResponse({ type: Greeting })
  greet(@CurrentUser('id') id: string): Greeting {
    return { text: `Hello, ${id}.` };
  }
  @UseGuards(AnyAuthGuard)
  @Roles('admin')
  @Get('admins')
  @ApiOkResponse({ type: Greeting })
  greetAdmins(): Greeting {
    return { text: 'Hello, admin.' };
  }
}

/** What an application writes with the generated types. Each line that is marked must not compile. */
const USER = `
import createClient from 'openapi-fetch';
import type { components, paths } from './document.js';

export async function walk(baseUrl: string, password: string): Promise<string[]> {
  const said: string[] = [];
  const client = createClient<paths>({ baseUrl });
  const wrong = await client.POST('/auth/login', { body: { identifier: 'ada', password: 'a wrong one' } });
  if (wrong.error) {
    const code: 'AUTH_CREDENTIALS_INVALID' | 'AUTH_REQUEST_INVALID' | 'AUTH_CSRF_REJECTED' | 'AUTH_SIGN_IN_LIMIT'
      | 'AUTH_RATE_LIMITED' | 'AUTH_PASSWORDS_BUSY' | 'AUTH_STORE_UNAVAILABLE' = wrong.error.code;
    said.push(code);
  }
  const { data } = await client.POST('/auth/login', { body: { identifier: 'ada', password, mode: 'tokens' } });
  if (!data || !('refresh_token' in data)) throw new Error('no tokens');
  said.push(data.token_type, typeof data.expires_in, data.user.roles.join());
  const headers = { authorization: \`Bearer \${data.access_token}\` };
  const me = await client.GET('/auth/me', { headers });
  said.push(me.data!.user.id === data.user.id ? 'the same user' : 'another user');
  said.push((await client.GET('/greeting', { headers })).data!.text);
  const { error } = await client.GET('/greeting/admins', { headers });
  if (error?.code === 'AUTH_FORBIDDEN') said.push(error.message);
  const again = await client.POST('/auth/refresh', {
    params: { header: { 'Idempotency-Key': 'a-random-text-of-the-client' } },
    body: { refresh_token: data.refresh_token },
  });
  said.push(again.data ? 'refreshed' : again.error.code);
  const list: components['schemas']['AuthSignIn'][] = (await client.GET('/auth/sign-ins', { headers })).data!;
  said.push(list[0]!.kind, String(list[0]!.ip === null));
  const ended = await client.DELETE('/auth/sign-ins/{id}', { params: { path: { id: list[0]!.id } }, headers });
  said.push(String(ended.response.status));
  return said;
}
`;
const WRONG = `
import createClient from 'openapi-fetch';
import type { paths } from './document.js';
const client = createClient<paths>({ baseUrl: '' });
export const wrong = [
  client.POST('/auth/login', { body: { identifier: 'ada' } }),
  client.POST('/auth/login', { body: { identifier: 'ada', password: 'x', mode: 'cookie' } }),
  client.GET('/auth/login'),
  client.GET('/auth/me').then(({ data }) => data?.user.nobody.x),
];
`;

describe.each(ADAPTERS)('a generated client, on %s', (adapter) => {
  let app: TestApp;
  let folder: string;
  beforeAll(async () => {
    app = await startTestApp({ adapter, controllers: [GreetingController] });
    await app.users.add('ada');
    const document = createAuthDocument(app.app, new DocumentBuilder().build());
    const types = astToString(await openapiTypescript(JSON.stringify(document)));
    folder = await mkdtemp(join(tmpdir(), 'aerie-openapi-'));
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(join(folder, 'document.ts'), types);
    await writeFile(join(folder, 'user.ts'), USER);
    await writeFile(join(folder, 'wrong.ts'), WRONG);
  }, 60_000);
  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  });

  const errorsIn = (file: string): string[] => {
    const program = ts.createProgram([join(folder, file)], {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      types: [],
    });
    return ts.getPreEmitDiagnostics(program).map(({ file: at, start = 0, messageText }) => {
      const line = at ? at.getLineAndCharacterOfPosition(start).line + 1 : 0;
      return `${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  };

  it('compiles, and refuses what the routes do not take or give', () => {
    expect(errorsIn('user.ts')).toEqual([]);
    const lines = errorsIn('wrong.ts').map((error) => Number.parseInt(error, 10));
    expect([...new Set(lines)]).toEqual([6, 7, 8, 9]);
  }, 60_000);

  it('signs in, calls guarded routes, refreshes and signs out', async () => {
    const { walk } = (await import(join(folder, 'user.ts'))) as {
      walk(url: string, password: string): Promise<string[]>;
    };
    const id = [...app.users.byId.keys()][0];
    expect(await walk(app.url, 'correct horse battery')).toEqual([
      'AUTH_CREDENTIALS_INVALID',
      'Bearer',
      'number',
      '',
      'the same user',
      `Hello, ${id}.`,
      'You may not do this.',
      'refreshed',
      'tokens',
      'false',
      '204',
    ]);
  });
});
