import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import 'reflect-metadata';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { NestFactory } from '@nestjs/core';
import { AuthConfigError } from '../../errors/auth-config-error.js';
import { CannotRun, firstLineOf } from '../cannot-run.js';
import { type ApplicationPath, importModule, refuseOtherCopies, resolved } from './application-path.js';
import { BootLog } from './boot-log.js';

/** The providers of an application that was put together, and not started. */
export interface Application {
  readonly path: ApplicationPath;
  readonly log: BootLog;
  /** Undefined: the application has no such provider. */
  find<T>(token: abstract new (...args: never[]) => T): T | undefined;
}

/** An application could not be put together. */
export class BootFailed extends Error {
  constructor(
    readonly kind: 'settings' | 'database' | 'timeout' | 'other',
    message: string,
  ) {
    super(message);
  }
}

/** The adapters of Nest, and the name of the class that each exports. */
const ADAPTERS = [
  ['@nestjs/platform-express', 'ExpressAdapter'],
  ['@nestjs/platform-fastify', 'FastifyAdapter'],
] as const;

/**
 * Puts the application together as Nest does before it starts one: every provider is made, no hook of the lifecycle runs
 * (`onModuleInit`, `onApplicationBootstrap`), nothing listens, `main` does not run. What cannot be avoided: constructors and
 * factories of providers run, so TypeORM connects, and migrates where its options say so. Never closed: what was not started
 * is not stopped, and the command ends its process. Throws CannotRun, BootFailed.
 */
export async function putTogether(path: ApplicationPath, timeoutMs: number): Promise<Application> {
  refuseOtherCopies(path);
  const module = await importModule(path);
  const adapter = await adapterFor(path);
  const log = new BootLog();
  const app = await inTime(timeoutMs, log, () =>
    NestFactory.create(module as never, adapter, { logger: log, abortOnError: false }),
  );
  return {
    path,
    log,
    find: (token) => {
      try {
        return app.get(token as never, { strict: false });
      } catch {
        return undefined;
      }
    },
  };
}

/** The host's own: Nest would end the process for one that is not installed. */
async function adapterFor({ given, file }: ApplicationPath): Promise<AbstractHttpAdapter> {
  const require = createRequire(file);
  for (const [name, exported] of ADAPTERS) {
    const found = resolved(require, name);
    if (found === undefined) continue;
    const namespace = (await import(pathToFileURL(found).href)) as Record<
      string,
      new () => AbstractHttpAdapter
    >;
    return new namespace[exported]!();
  }
  throw new CannotRun(`the project of ${given} has neither ${ADAPTERS.map(([name]) => name).join(' nor ')}`);
}

async function inTime<T>(timeoutMs: number, log: BootLog, boot: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const failure = new Promise<never>((_, reject) => {
    // TypeORM tries ten times, three seconds apart.
    log.onLine(({ level, context, text }) => {
      if (level === 'error' && context === 'TypeOrmModule' && text.startsWith('Unable to connect'))
        reject(new BootFailed('database', text.replace(/ Retrying \(\d+\)\.*/, '')));
    });
    timer = setTimeout(() => {
      const last = log.lines.at(-1);
      const said = last ? ` The last that it logged: ${last.text}` : '';
      reject(
        new BootFailed('timeout', `the application was not ready within ${timeoutMs / 1_000} s.${said}`),
      );
    }, timeoutMs);
  });
  try {
    return await Promise.race([boot(), failure]);
  } catch (error) {
    if (error instanceof BootFailed) throw error;
    if (error instanceof AuthConfigError) throw new BootFailed('settings', error.message);
    throw new BootFailed('other', firstLineOf(error));
  } finally {
    clearTimeout(timer);
  }
}
