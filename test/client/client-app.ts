import { Body, Controller, Get, HttpCode, Post, UseGuards } from '@nestjs/common';
import { AnyAuthGuard, CurrentUser, type Principal } from 'nestjs-aerie';
import type { AuthClient } from 'nestjs-aerie/client';
import { clockedStores } from '../support/clocked-stores.js';
import { PASSWORD } from '../support/sign-ins.js';
import { startTestApp, type TestApp, type TestAppInput } from '../support/test-app.js';
import type { TestClock } from '../support/test-clock.js';

@Controller('notes')
@UseGuards(AnyAuthGuard)
class NotesController {
  @Get()
  list(@CurrentUser() user: Principal) {
    return { of: user.id, roles: user.roles };
  }

  @Post()
  @HttpCode(201)
  add(@CurrentUser() user: Principal, @Body() body: unknown) {
    return { of: user.id, body };
  }
}

export interface ClientApp {
  readonly app: TestApp;
  /** Of the server: its access tokens and windows. */
  readonly clock: TestClock;
}

/** An application for clients to sign in at, with the users ada and bob. */
export async function startClientApp(input: TestAppInput = {}): Promise<ClientApp> {
  const { clock, stores, override } = clockedStores();
  const app = await startTestApp({
    ...input,
    connection: null,
    controllers: [NotesController],
    options: { stores, ...input.options },
    override,
  });
  await app.users.add('ada');
  await app.users.add('bob');
  return { app, clock };
}

export const credentials = (identifier = 'ada') => ({ identifier, password: PASSWORD });

/** Signs in as ada, or as another user. */
export const signIn = (client: AuthClient, identifier = 'ada') => client.signIn(credentials(identifier));

/** The user that a request of the client is from, or the code of its refusal. */
export async function asked(client: AuthClient, path = '/notes'): Promise<unknown> {
  const answer = await client.fetch(path);
  const body = (await answer.json()) as { of?: string; code?: string };
  return body.of ?? body.code;
}

/** An answer that a server behind a failing store gives. */
export const unavailable = (retryAfter?: number): Response =>
  Response.json(
    { statusCode: 503, code: 'AUTH_STORE_UNAVAILABLE', message: 'Try again later.' },
    { status: 503, headers: retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) } },
  );
