import { expect } from '@jest/globals';
import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NestAddOptions } from '../../libs/auth/src/schematics/nest-add.js';
import { HttpClient } from '../support/http-client.js';
import { add, CLI_12 } from './map-tree.js';

const TEST = join(import.meta.dirname, '..');
const PASSWORD = 'correct horse battery';
const CONTROLLER = `import { Controller } from '@nestjs/common';
@Controller()
export class AppController {}
`;

interface Users {
  create(email: string, password: string): Promise<string>;
}

export interface WrittenProject {
  readonly folder: string;
  remove(): Promise<void>;
}

/** A project of the Nest CLI 12 after `nest add nestjs-aerie`: among the tests, so that it finds their packages. */
export async function writtenProject(options: NestAddOptions = {}): Promise<WrittenProject> {
  const folder = await mkdtemp(join(TEST, '.written-'));
  const { files } = add(CLI_12, options);
  const others = {
    'src/app.service.ts': 'export class AppService {}\n',
    'src/app.controller.ts': CONTROLLER,
  };
  for (const [path, text] of [...files, ...Object.entries(others)]) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Starts it, and expects its route to admit signed-in users alone. */
export async function expectGuardedRoute(folder: string): Promise<void> {
  const { AppModule } = (await import(join(folder, 'src/app.module.ts'))) as { AppModule: Type };
  const { UsersService } = (await import(join(folder, 'src/auth/users.service.ts'))) as {
    UsersService: Type<Users>;
  };
  const app: INestApplication = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
  try {
    await app.listen(0, '127.0.0.1');
    const client = new HttpClient(await app.getUrl());
    const login = (identifier: string, password: string) =>
      client.post('/auth/login', { json: { identifier, password } });
    expect((await client.get('/profile')).status).toBe(401);
    // Without DEV_USER_PASSWORD there is no such user.
    expect((await login('dev@example.com', 'undefined')).status).toBe(401);
    const id = await app.get(UsersService, { strict: false }).create('Ada@example.com', PASSWORD);
    expect((await login('ada@example.com', 'wrong')).status).toBe(401);
    expect((await login('ADA@example.com', PASSWORD)).status).toBe(200);
    expect((await client.get('/profile')).body).toEqual({ id, roles: [] });
  } finally {
    await app.close();
  }
}
