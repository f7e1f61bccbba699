// What the decision guide gives to paste compiles, boots, and signs in as the guide says.
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication, Type } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { PasswordHasher } from 'nestjs-aerie';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decide, type Decision } from '../../src/page/browser/decision-guide/decide.js';
import { everyAnswer } from './every-answer.js';
import { DocumentationProgram } from '../support/documentation-program.js';
import { HttpClient } from '../support/http-client.js';
import { parsePage } from '../support/markdown.js';
import { ADAPTERS, SECRET } from '../support/test-app.js';

const PASSWORD = 'correct horse battery';
const USERS = `
import { Injectable } from '@nestjs/common';
import type { UserDirectory } from 'nestjs-aerie';

@Injectable()
export class Users implements UserDirectory {
  findSubject = async (identifier: string) => (identifier === 'ada@example.com' ? 'ada' : null);
  passwordHashOf = async (_id: string) => process.env['ADA_HASH'] ?? null;
  loadSubject = async (id: string) => ({ id });
}
`;

const STORAGE = `
import type { TokenStorage } from 'nestjs-aerie/client';

export declare const storage: TokenStorage;
`;

const decisions = everyAnswer().map(decide);
/** Each text once, with a decision that gives it. */
const byText = new Map(decisions.map((decision) => [decision.options, decision]));
const named = [...byText.values()].map(
  (decision, index) => [`${index}: ${decision.title}`, decision] as const,
);

/** Runs the text, on a database in memory. */
async function bootPasted({ options }: Decision, adapter: string): Promise<INestApplication> {
  const folder = await mkdtemp(join(import.meta.dirname, '../.documented-'));
  try {
    await writeFile(join(folder, 'users.ts'), USERS);
    await writeFile(join(folder, 'app.module.ts'), options.replace(`'app.sqlite'`, `':memory:'`));
    const { AppModule } = (await import(join(folder, 'app.module.ts'))) as { AppModule: Type };
    const module = await Test.createTestingModule({ imports: [AppModule] })
      .setLogger(false as never)
      .compile();
    const app =
      adapter === 'fastify'
        ? module.createNestApplication(new FastifyAdapter() as never)
        : module.createNestApplication();
    await app.listen(0, '127.0.0.1');
    return app;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

it('the decision guide has a handful of texts, not one for each combination', () => {
  expect(byText.size).toBeGreaterThan(8);
  expect(byText.size).toBeLessThan(40);
});

it('the texts of the decision guide compile', () => {
  const markdown = named.flatMap(([, { options }]) => [
    '```ts',
    `// file: users.ts`,
    USERS,
    '```',
    '```ts',
    options,
    '```',
  ]);
  const page = parsePage('docs/decision-guide.md', markdown.join('\n'));
  const program = new DocumentationProgram([page]);
  expect(program.size).toBe(2 * named.length);
  expect(program.errorsOf(page)).toEqual([]);
  const clients = parsePage(
    'docs/decision-guide-client.md',
    [...new Set(decisions.map(({ client }) => client))]
      .flatMap((client) => ['```ts', '// file: storage.ts', STORAGE, '```', '```ts', client, '```'])
      .join('\n'),
  );
  const clientProgram = new DocumentationProgram([clients]);
  expect(clientProgram.size).toBeGreaterThan(6);
  expect(clientProgram.errorsOf(clients)).toEqual([]);
  const wrong = parsePage('wrong.md', ['```ts', named[0]![1].options, '```'].join('\n'));
  expect(new DocumentationProgram([wrong]).errorsOf(wrong)).not.toEqual([]);
});

describe.each(ADAPTERS)('what the decision guide gives to paste, on %s', (adapter) => {
  let app: INestApplication | undefined;
  const before = { ...process.env };

  beforeAll(async () => {
    process.env['AUTH_SECRET'] = SECRET;
    process.env['ADA_HASH'] = await new PasswordHasher().hash(PASSWORD);
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });
  afterAll(() => {
    process.env = before;
  });

  // Each on one adapter or the other: the text does not know it.
  const share = named.filter((_, index) => ADAPTERS[index % ADAPTERS.length] === adapter);

  it.each(share)('boots and signs in: %s', async (_, decision) => {
    app = await bootPasted(decision, adapter);
    const client = new HttpClient(await app.getUrl());
    const origin = /trustedOrigins: \['([^']+)'/.exec(decision.options)?.[1];
    const login = await client.post('/auth/login', {
      json: { identifier: 'ada@example.com', password: PASSWORD },
      headers: origin === undefined ? {} : { origin },
    });
    expect(login.status).toBe(200);
    const cookies = login.setCookies.map((cookie) => cookie.split('=', 1)[0]).sort();
    const holds = {
      accessToken: typeof login.body.access_token === 'string',
      refreshToken: typeof login.body.refresh_token === 'string',
    };
    const { mode, accessTokenInCookie } = decision;
    expect(holds).toEqual({
      accessToken: mode !== 'session' && !accessTokenInCookie,
      refreshToken: mode === 'tokens',
    });
    expect(cookies.includes('__Host-session')).toBe(mode === 'session');
    expect(cookies.includes('__Host-refresh')).toBe(mode === 'hybrid');
    expect(cookies.includes('__Host-access')).toBe(accessTokenInCookie);
    const bearer = holds.accessToken ? { bearer: login.body.access_token as string } : {};
    expect((await client.get('/auth/me', bearer)).status).toBe(200);
    expect((await new HttpClient(await app.getUrl()).get('/auth/me')).status).toBe(401);
  });
});
