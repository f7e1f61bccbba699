import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Controller, UseGuards } from '@nestjs/common';
import { type ClientProxy, MessagePattern, type MicroserviceOptions } from '@nestjs/microservices';
import {
  AnyAuthGuard,
  CurrentUser,
  LiveSignIns,
  Public,
  Roles,
  RolesGuard,
  SessionAuthGuard,
} from 'nestjs-aerie';
import { firstValueFrom, timeout } from 'rxjs';
import { OrdersController } from '../../examples/microservices/orders.js';
import { cookieOf, statementsDuring, tokenOf } from '../nest-integration/credentials.js';
import { MINUTE } from '../support/time-passes.js';
import { LogTrap } from '../support/log-trap.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';
import { TestClock } from '../support/test-clock.js';
import { Clock } from '../../libs/auth/src/time/clock.js';

@Controller()
class HostController {
  @UseGuards(AnyAuthGuard, AnyAuthGuard)
  @MessagePattern('host.twice')
  twice(@CurrentUser('id') id: string) {
    return id;
  }

  @UseGuards(SessionAuthGuard)
  @MessagePattern('host.session')
  session() {
    return 'reached';
  }

  @UseGuards(AnyAuthGuard)
  @Roles('admin')
  @MessagePattern('host.administered')
  administered() {
    return 'reached';
  }

  @UseGuards(RolesGuard)
  @Roles('editor')
  @MessagePattern('host.forgotten')
  forgotten() {
    return 'reached';
  }

  @Public()
  @UseGuards(AnyAuthGuard)
  @MessagePattern('host.open')
  open(@CurrentUser('id') id: string | undefined) {
    return String(id);
  }
}

/** How a transport carries a token. */
export interface Transport {
  readonly server: MicroserviceOptions;
  client(): ClientProxy;
  /** A message with these fields among its headers. */
  message(data: unknown, fields: Readonly<Record<string, unknown>>): unknown;
  /** The same with a user's token, as the example does it. */
  signedIn(data: unknown, token: string): unknown;
}

export const refusedWith = (code: string) => ({ status: 'error', code, message: expect.any(String) });

/** What guards do with messages whose token is in their headers, whatever the transport. */
export function guardedMessages(open: () => Promise<Transport>): void {
  let transport: Transport;
  let app: TestApp;
  let client: ClientProxy;
  let token: string;
  const clock = new TestClock();
  const log = new LogTrap();
  beforeAll(async () => {
    transport = await open();
    app = await startTestApp({
      options: { revocation: { mode: 'lookup' } },
      controllers: [OrdersController, HostController],
      override: (builder) => log.override(builder).overrideProvider(Clock).useValue(clock),
      configure: (nest) => nest.connectMicroservice(transport.server),
    });
    await app.app.startAllMicroservices();
    await app.users.add('ada', undefined, { roles: ['editor'] });
    token = await tokenOf(app, 'user-1');
    client = transport.client();
    await client.connect();
  });
  afterAll(async () => {
    await client.close();
    await app.close();
  });

  const ask = (pattern: string, message: unknown) =>
    firstValueFrom(client.send<unknown>(pattern, message as object).pipe(timeout(5_000)));
  const refused = (pattern: string, fields: Readonly<Record<string, unknown>>, code: string) =>
    expect(ask(pattern, transport.message({}, fields))).rejects.toEqual(refusedWith(code));

  it('a good token gives the user, and its roles count', async () => {
    expect(await ask('orders.list', transport.signedIn({}, token))).toEqual({
      of: 'user-1',
      orders: ['a book'],
    });
    const bearer = { authorization: `Bearer ${token}` };
    expect(await ask('host.twice', transport.message({}, { AUTHORIZATION: `bearer ${token}` }))).toBe(
      'user-1',
    );
    await refused('host.administered', bearer, 'AUTH_FORBIDDEN');
    // No guard of ours: it refuses because nothing found out who sends it.
    await refused('host.forgotten', bearer, 'AUTH_CREDENTIALS_MISSING');
    expect(await ask('host.open', transport.message({}, bearer))).toBe('undefined');
  });

  it('without a token it is refused, whatever its data says', async () => {
    for (const data of [{}, { authorization: `Bearer ${token}` }, { token }, 'text', 5])
      await expect(ask('orders.list', transport.message(data, {}))).rejects.toEqual(
        refusedWith('AUTH_CREDENTIALS_MISSING'),
      );
    await refused('orders.list', { token }, 'AUTH_CREDENTIALS_MISSING');
  });

  it('a cookie in a message is no credential', async () => {
    const cookie = await cookieOf(app, 'user-1');
    await refused('host.session', { cookie }, 'AUTH_CREDENTIALS_MISSING');
    await refused('host.twice', { cookie, origin: 'https://api.example.com' }, 'AUTH_CREDENTIALS_MISSING');
    await refused('host.session', { authorization: `Bearer ${token}` }, 'AUTH_CREDENTIALS_MISSING');
  });

  it.each([
    ['not a token', { authorization: 'Bearer not.a.token' }, 'AUTH_ACCESS_TOKEN_INVALID'],
    ['no scheme', { authorization: 'nonsense' }, 'AUTH_CREDENTIALS_MISSING'],
    ['nothing', { authorization: 'Bearer' }, 'AUTH_ACCESS_TOKEN_INVALID'],
  ])('a malformed token is refused: %s', (_what, fields, code) => refused('orders.list', fields, code));

  it('of two tokens none counts', async () => {
    const authorization = `Bearer ${token}`;
    for (const other of ['Bearer x.y.z', authorization])
      await refused('orders.list', { authorization, Authorization: other }, 'AUTH_ACCESS_TOKEN_INVALID');
  });

  it('two guards of one message ask the table once', async () => {
    const statements = await statementsDuring(app, () => ask('host.twice', transport.signedIn({}, token)));
    expect(statements).toHaveLength(1);
  });

  it('no message is answered with the user of the one before', async () => {
    await ask('orders.list', transport.signedIn({}, token));
    await refused('orders.list', {}, 'AUTH_CREDENTIALS_MISSING');
  });

  it('an event is taken with a token alone; the log of a refused one holds no token', async () => {
    const seen: unknown[] = [];
    const views = app.app.get(OrdersController).views.subscribe((view) => seen.push(view));
    log.lines.length = 0;
    await firstValueFrom(client.emit('orders.viewed', transport.message('7', { token })), {
      defaultValue: null,
    });
    await firstValueFrom(client.emit('orders.viewed', transport.signedIn('8', token)), {
      defaultValue: null,
    });
    // Messages of one connection arrive in their order, and events are not answered: the second one was handled last.
    const next = new Promise<void>((resolve) =>
      app.app.get(OrdersController).views.subscribe(() => resolve()),
    );
    if (seen.length === 0) await next;
    views.unsubscribe();
    expect(seen).toEqual([{ user: 'user-1', order: '8' }]);
    expect(log.lines.join('\n')).not.toContain(token);
  });

  it('an answer that goes on ends with the sign-in, by an error with its code', async () => {
    const live = app.app.get(LiveSignIns);
    const heard: unknown[] = [];
    const watched = await tokenOf(app, 'user-1');
    const error = new Promise<unknown>((resolve) => {
      client
        .send<unknown>('orders.watch', transport.signedIn({}, watched) as object)
        .subscribe({ next: (text) => heard.push(text), error: resolve, complete: () => resolve(null) });
    });
    await until('it is heard', () => heard.length > 1);
    expect([heard[0], live.size]).toEqual(['user-1 0', 1]);
    const began = performance.now();
    await app.authentication.endAllSignIns('user-1');
    expect(await error).toEqual(refusedWith('AUTH_ACCESS_TOKEN_REVOKED'));
    console.log(`logout to the last answer: ${(performance.now() - began).toFixed(0)} ms`);
    expect(live.size).toBe(0);
    token = await tokenOf(app, 'user-1');
  });

  it('an answer that goes on ends when its token expires', async () => {
    const error = new Promise<unknown>((resolve) => {
      const answers = client.send<unknown>('orders.watch', transport.signedIn({}, token) as object);
      answers.subscribe({
        next: () => clock.pass(16 * MINUTE),
        error: resolve,
        complete: () => resolve(null),
      });
    });
    expect(await error).toEqual(refusedWith('AUTH_ACCESS_TOKEN_EXPIRED'));
    token = await tokenOf(app, 'user-1');
  });

  it('a token of a sign-in that has ended is refused, and an expired one', async () => {
    const ended = await tokenOf(app, 'user-1');
    await app.authentication.endAllSignIns('user-1');
    await refused('orders.list', { authorization: `Bearer ${ended}` }, 'AUTH_ACCESS_TOKEN_REVOKED');
    const fresh = await tokenOf(app, 'user-1');
    expect(await ask('orders.list', transport.signedIn({}, fresh))).toMatchObject({ of: 'user-1' });
    clock.pass(16 * MINUTE);
    await refused('orders.list', { authorization: `Bearer ${fresh}` }, 'AUTH_ACCESS_TOKEN_EXPIRED');
  });
}
