import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { AnyAuthGuard, JwtAuthGuard, SessionAuthGuard } from 'nestjs-aerie';
import { type Adapter, startTestApp, type TestApp } from '../support/test-app.js';
import { cookieOf, tokenOf } from './credentials.js';

@Controller()
class GuardedController {
  @UseGuards(JwtAuthGuard)
  @Get('jwt')
  jwt() {
    return {};
  }

  @UseGuards(SessionAuthGuard)
  @Get('session')
  session() {
    return {};
  }

  @UseGuards(AnyAuthGuard)
  @Get('any')
  any() {
    return {};
  }

  @UseGuards(AuthGuard(['aerie-jwt', 'aerie-session']))
  @Get('chain')
  chain() {
    return {};
  }
}

const SECRETS = [
  'the secret of the first application, of more than 32 bytes',
  'the secret of the second application, as long as the first',
] as const;
const DOORS = {
  token: ['/jwt', '/any', '/chain', '/auth/me'],
  session: ['/session', '/any', '/chain', '/auth/me'],
};

describe.each<[Adapter, Adapter]>([
  ['express', 'express'],
  ['fastify', 'fastify'],
  ['express', 'fastify'],
  ['fastify', 'express'],
])('two applications of one process, on %s and %s', (first, second) => {
  const apps: TestApp[] = [];
  const held: { token: Record<string, string>; session: Record<string, string> }[] = [];
  let closed = false;

  beforeAll(async () => {
    for (const [index, adapter] of [first, second].entries()) {
      const app = await startTestApp({
        adapter,
        controllers: [GuardedController],
        options: { secret: SECRETS[index]! },
      });
      await app.users.add('ada');
      apps.push(app);
      held.push({
        token: { authorization: `Bearer ${await tokenOf(app, 'user-1')}` },
        session: { cookie: await cookieOf(app, 'user-1') },
      });
    }
  });
  afterAll(async () => {
    if (!closed) await apps[0]!.close();
    await apps[1]!.close();
  });

  const statuses = async (app: number, credentialsOf: number) => {
    const found: Record<string, number> = {};
    for (const kind of ['token', 'session'] as const) {
      for (const path of DOORS[kind]) {
        const headers = held[credentialsOf]![kind];
        found[`${kind} ${path}`] = (await apps[app]!.client().get(path, { headers })).status;
      }
    }
    return found;
  };
  const everywhere = (status: number) =>
    Object.fromEntries(
      Object.entries(DOORS).flatMap(([kind, paths]) => paths.map((path) => [`${kind} ${path}`, status])),
    );

  it('each accepts its own tokens and sessions, at every door', async () => {
    expect(await statuses(0, 0)).toEqual(everywhere(200));
    expect(await statuses(1, 1)).toEqual(everywhere(200));
  });

  it("neither accepts the other's, at any door", async () => {
    expect(await statuses(0, 1)).toEqual(everywhere(401));
    expect(await statuses(1, 0)).toEqual(everywhere(401));
  });

  it('each checks passwords with its own directory', async () => {
    await apps[0]!.users.add('only in the first', 'a password of the first', { id: 'only-here' });
    const json = { identifier: 'only in the first', password: 'a password of the first' };
    expect((await apps[0]!.client().post('/auth/login', { json })).status).toBe(200);
    expect((await apps[1]!.client().post('/auth/login', { json })).status).toBe(401);
  });

  it('keep apart when asked at the same time', async () => {
    const rounds = Array.from({ length: 10 }, async () => [
      (await apps[0]!.client().get('/chain', { headers: held[0]!.token })).status,
      (await apps[1]!.client().get('/chain', { headers: held[0]!.token })).status,
      (await apps[1]!.client().get('/chain', { headers: held[1]!.token })).status,
    ]);
    expect(await Promise.all(rounds)).toEqual(rounds.map(() => [200, 401, 200]));
  });

  it('the second goes on when the first has closed', async () => {
    closed = true;
    await apps[0]!.close();
    expect(await statuses(1, 1)).toEqual(everywhere(200));
    expect(await statuses(1, 0)).toEqual(everywhere(401));
  });
});
