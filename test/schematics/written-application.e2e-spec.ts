// The application that `nest add nestjs-aerie` writes: it compiles, and guards its route without a further edit.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { HttpClient } from '../support/http-client.js';
import { add, CLI_12 } from './map-tree.js';

const TEST = join(import.meta.dirname, '..');
const ROOT = join(TEST, '..');
const PASSWORD = 'correct horse battery';

const CONTROLLER = `import { Controller } from '@nestjs/common';
@Controller()
export class AppController {}
`;

interface Users {
  create(email: string, password: string): Promise<string>;
}

describe('the application that is written', () => {
  let folder: string;
  beforeAll(async () => {
    // In here, so that it finds the packages that tests find.
    folder = await mkdtemp(join(TEST, '.written-'));
    const { files } = add(CLI_12);
    for (const [path, text] of files) await write(path, text);
    await write('src/app.service.ts', 'export class AppService {}\n');
    await write('src/app.controller.ts', CONTROLLER);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };

  it('compiles', () => {
    const program = ts.createProgram([join(folder, 'src/app.module.ts')], {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2023,
      types: ['node'],
      strict: true,
      isolatedModules: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      skipLibCheck: true,
      noEmit: true,
      paths: {
        'nestjs-aerie': [join(ROOT, 'libs/auth/src/index.ts')],
        'nestjs-aerie/memory': [join(ROOT, 'libs/auth/src/testing/memory/index.ts')],
      },
    });
    const own = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(folder));
    expect(own).toHaveLength(8);
    const said = own.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]);
    expect(said.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
  });

  it('admits to its route whoever has signed in, and nobody else', async () => {
    const { AppModule } = (await import(join(folder, 'src/app.module.ts'))) as { AppModule: Type };
    const { UsersService } = (await import(join(folder, 'src/auth/users.service.ts'))) as {
      UsersService: Type<Users>;
    };
    const app: INestApplication = await NestFactory.create(AppModule, { logger: false });
    try {
      await app.listen(0, '127.0.0.1');
      const client = new HttpClient(await app.getUrl());
      const login = (identifier: string, password: string) =>
        client.post('/auth/login', { json: { identifier, password } });
      expect((await client.get('/profile')).status).toBe(401);
      // Without DEV_USER_PASSWORD there is no such user.
      expect((await login('dev@example.com', 'undefined')).status).toBe(401);
      const id = await app.get(UsersService).create('Ada@example.com', PASSWORD);
      expect((await login('ada@example.com', 'wrong')).status).toBe(401);
      expect((await login('ADA@example.com', PASSWORD)).status).toBe(200);
      expect((await client.get('/profile')).body).toEqual({ id, roles: [] });
    } finally {
      await app.close();
    }
  });
});
