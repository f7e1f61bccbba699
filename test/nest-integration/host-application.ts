import { type INestApplication, type ModuleMetadata, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { AuthModule, type AuthOptions, type AuthStructuralOptions } from 'nestjs-aerie';
import { type Adapter, ISSUER, SECRET } from '../support/test-app.js';
import { testConnection } from '../support/test-databases.js';
import { TestUsers, TestUsersModule } from '../support/test-users.js';
import { typeOrmStores } from 'nestjs-aerie/typeorm';

type Imports = NonNullable<ModuleMetadata['imports']>;

/** Options that boot. */
export const RUNTIME: AuthOptions = {
  secret: SECRET,
  issuer: ISSUER,
  credentials: { memoryKiB: 8192, passes: 1 },
};
export const STRUCTURE: AuthStructuralOptions = {
  imports: [TestUsersModule],
  users: TestUsers,
  stores: typeOrmStores(),
};

/** A connection with our tables, or with other options. */
export const connection = (options: Partial<TypeOrmModuleOptions> = {}) =>
  TypeOrmModule.forRoot({ ...testConnection('sqlite'), ...options } as TypeOrmModuleOptions);

export const authModule = (options: Partial<AuthOptions & AuthStructuralOptions> = {}) =>
  AuthModule.forRoot({ ...RUNTIME, ...STRUCTURE, ...options });

/** The root module of an application. */
export function rootModule(imports: Imports, metadata: ModuleMetadata = {}): Type {
  @Module({ ...metadata, imports })
  class HostModule {}
  return HostModule;
}

/** Collects warnings and errors of a boot. */
export class QuietLogger {
  readonly warnings: string[] = [];
  readonly errors: string[] = [];
  log(): void {}
  warn(message: unknown): void {
    this.warnings.push(String(message));
  }
  error(message: unknown): void {
    this.errors.push(String(message));
  }
}

/** An application as `main.ts` makes it; not listening. */
export async function bootApplication(
  root: Type,
  adapter: Adapter = 'express',
  logger = new QuietLogger(),
): Promise<INestApplication> {
  const options = { logger, abortOnError: false };
  let app: INestApplication;
  if (adapter === 'fastify') {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    app = await NestFactory.create(root, new FastifyAdapter(), options);
  } else {
    app = await NestFactory.create(root, options);
  }
  try {
    return await app.init();
  } catch (error) {
    await app.close().catch(() => undefined);
    throw error;
  }
}

/** What stops the boot of an application with these imports; fails when nothing does. */
export async function bootError(imports: Imports | (() => Imports), adapter?: Adapter): Promise<Error> {
  let app: INestApplication;
  try {
    app = await bootApplication(rootModule(typeof imports === 'function' ? imports() : imports), adapter);
  } catch (error) {
    return error as Error;
  }
  await app.close();
  throw new Error('the application has booted');
}
