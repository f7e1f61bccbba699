import { afterAll } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplication,
  Module,
  type ModuleMetadata,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  CurrentUser,
  JwtAuthGuard,
  MaxStaleness,
  type Principal,
  Public,
  RequireRecentSignIn,
  ResourceServerModule,
  type ResourceServerOptions,
  type ResourceServerStructuralOptions,
  Roles,
  Scopes,
} from 'nestjs-aerie/resource-server';
import { Clock } from '../../libs/auth/src/time/clock.js';
import { HttpClient } from '../support/http-client.js';
import type { LogTrap } from '../support/log-trap.js';
import { type Adapter, ISSUER } from '../support/test-app.js';
import { TestClock } from '../support/test-clock.js';

@Controller()
@UseGuards(JwtAuthGuard)
export class OrdersController {
  @Get('orders')
  orders(@CurrentUser() user: Principal) {
    return { user: user.id, roles: user.roles, scopes: user.scopes };
  }

  @Roles('admin')
  @Get('admin')
  admin() {
    return {};
  }

  @Scopes('orders:write')
  @Get('scoped')
  scoped() {
    return {};
  }

  @MaxStaleness('0s')
  @Get('now')
  now() {
    return {};
  }

  @RequireRecentSignIn('5m')
  @Get('recent')
  recent() {
    return {};
  }

  @Public()
  @Get('public')
  public() {
    return {};
  }
}

export interface ResourceAppInput {
  readonly adapter?: Adapter;
  readonly options: Partial<ResourceServerOptions> & ResourceServerStructuralOptions;
  readonly controllers?: Type[];
  readonly providers?: Type[];
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  readonly log?: LogTrap;
  /** Changes the application before it starts. */
  readonly configure?: (app: INestApplication) => void;
}

export interface ResourceApp {
  readonly app: INestApplication;
  readonly clock: TestClock;
  /** The status and the code of `GET path` with a bearer token. */
  get(path: string, bearer?: string): Promise<{ status: number; code: string | undefined; body: any }>;
  close(): Promise<void>;
}

const running = new Set<ResourceApp>();
afterAll(() => Promise.allSettled([...running].map((app) => app.close())));

/** An application with ResourceServerModule, listening on loopback, under a clock that a test moves. */
export async function startResourceApp(input: ResourceAppInput): Promise<ResourceApp> {
  const clock = new TestClock();
  @Module({
    imports: [
      ResourceServerModule.forRoot({
        issuer: ISSUER,
        audience: ISSUER,
        revocation: { mode: 'none' },
        ...input.options,
      }),
      ...(input.imports ?? []),
    ],
    controllers: input.controllers ?? [OrdersController],
    providers: input.providers ?? [],
  })
  class ServiceModule {}
  const module = await Test.createTestingModule({ imports: [ServiceModule] })
    .setLogger(input.log ?? (false as never))
    .overrideProvider(Clock)
    .useValue(clock)
    .compile();
  let app: INestApplication;
  if (input.adapter === 'fastify') {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    app = module.createNestApplication(new FastifyAdapter());
  } else app = module.createNestApplication();
  input.configure?.(app);
  await app.listen(0, '127.0.0.1');
  const client = new HttpClient((await app.getUrl()).replace(/\/$/, ''));
  const started: ResourceApp = {
    app,
    clock,
    get: async (path, bearer) => {
      const { status, body } = await client.get(path, bearer === undefined ? {} : { bearer });
      return { status, code: body?.code, body };
    },
    close: async () => {
      running.delete(started);
      await app.close();
    },
  };
  running.add(started);
  return started;
}
