import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, HttpCode, Put, UseGuards } from '@nestjs/common';
import { CurrentUser, type Principal, SessionAuthGuard, SessionData } from 'nestjs-aerie';
import { signIn } from '../support/sign-ins.js';
import { StatementLog } from '../support/statement-log.js';
import { BELOW_THE_EDGE, ISSUER, startTestApp, type TestApp } from '../support/test-app.js';
import { testConnection } from '../support/test-databases.js';

@UseGuards(SessionAuthGuard)
@Controller('cart')
class CartController {
  constructor(private readonly data: SessionData) {}

  @Get()
  read(@CurrentUser() user: Principal) {
    return this.data.read(user.signInId);
  }

  @Put()
  @HttpCode(200)
  async write(
    @CurrentUser() user: Principal,
    @Body() { value, version }: { value: unknown; version: number },
  ) {
    return { version: await this.data.write(user.signInId, value, version) };
  }
}

describe.each(BELOW_THE_EDGE)("a session's data, on %s", (adapter) => {
  const log = new StatementLog();
  let app: TestApp;
  beforeAll(async () => {
    const connection = { ...testConnection('sqlite'), logging: true, logger: log } as never;
    app = await startTestApp({ adapter, connection, controllers: [CartController] });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  const put = (client: ReturnType<TestApp['client']>, value: unknown, version: number) =>
    client.send('PUT', '/cart', { json: { value, version }, headers: { origin: ISSUER } });

  it('is read and written by the host, and of that session alone', async () => {
    const { client } = await signIn(app, 'session');
    const other = await signIn(app, 'session');
    expect((await client.get('/cart')).body).toEqual({ value: null, version: 0 });
    expect((await put(client, { items: ['tea'] }, 0)).body).toEqual({ version: 1 });
    expect((await client.get('/cart')).body).toEqual({ value: { items: ['tea'] }, version: 1 });
    expect((await other.client.get('/cart')).body).toEqual({ value: null, version: 0 });
  });

  it('answers a lost write with 409 and its code', async () => {
    const { client } = await signIn(app, 'session');
    await put(client, 'first', 0);
    const { status, body } = await put(client, 'late', 0);
    expect(body).toEqual({
      statusCode: 409,
      code: 'AUTH_SESSION_DATA_CONFLICT',
      message: expect.any(String),
    });
    expect(status).toBe(409);
  });

  it('is not read for a handler that does not ask for it', async () => {
    const { client, id } = await signIn(app, 'session');
    await put(client, 'a secret of the cart', 0);
    const before = log.statements.length;
    await client.get('/auth/me');
    const listed = await client.get('/auth/sign-ins');
    const sent = log.statements.slice(before).map(({ query }) => query);
    expect(sent.some((query) => /^select .*auth_session/s.test(query))).toBe(true);
    expect(sent.filter((query) => /\bdata\b/.test(query))).toEqual([]);
    expect(JSON.stringify(listed.body)).not.toContain('cart');
    await client.get('/cart');
    expect(log.statements.slice(before).some(({ query }) => /\bdata\b/.test(query))).toBe(true);
    await app.authentication.endSignIn('user-1', id);
    await expect(app.app.get(SessionData).read(id)).rejects.toMatchObject({ code: 'AUTH_SESSION_INVALID' });
  });

  it('is none of a sign-in by tokens', async () => {
    const { id } = await signIn(app, 'tokens');
    await expect(app.app.get(SessionData).read(id)).rejects.toMatchObject({ code: 'AUTH_SESSION_INVALID' });
  });
});
