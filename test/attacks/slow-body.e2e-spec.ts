import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RefreshTokenFamily } from 'nestjs-aerie/typeorm';
import { ADAPTERS, startTestApp, type TestApp } from '../support/test-app.js';

/** A request whose body comes when its sender likes. */
class HeldRequest {
  private answer = '';

  private constructor(
    private readonly socket: Socket,
    private readonly body: string,
  ) {
    socket.on('data', (data) => (this.answer += String(data)));
  }

  static async open(url: string, target: string, body: string): Promise<HeldRequest> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await new Promise((ready) => socket.once('connect', ready));
    const headers = ['Host: x', 'Content-Type: application/json', `Content-Length: ${body.length}`];
    socket.write(`POST ${target} HTTP/1.1\r\n${headers.join('\r\n')}\r\nConnection: close\r\n\r\n`);
    return new HeldRequest(socket, body);
  }

  async complete(): Promise<number> {
    this.socket.write(this.body);
    await new Promise((closed) => this.socket.once('close', closed));
    return Number(/^HTTP\/1\.1 (\d+)/.exec(this.answer)?.[1]);
  }
}

describe.each(ADAPTERS)('a refresh whose body is held back, on %s', (adapter) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ adapter, options: { refreshTokens: { replayWindow: '1s' } } });
    await app.users.add('ada');
  });
  afterAll(() => app.close());

  // The age of a token is counted to the arrival of its request: not of its headers.
  it.each(['/auth/refresh', '/auth/refresh#x', 'http://x/auth/refresh'])(
    'is as old as its token is when the body is whole: %s',
    async (target) => {
      const login = { json: { identifier: 'ada', password: 'correct horse battery', mode: 'tokens' } };
      const { body } = await app.client().post('/auth/login', login);
      const json = { refresh_token: body.refresh_token };
      const held = await HeldRequest.open(app.url, target, JSON.stringify(json));
      // Long enough to be told apart from the window, whose start is moved by the database's clock below.
      await wait(1_500);
      expect((await app.client().post('/auth/refresh', { json })).status).toBe(200);
      await app.source
        .getRepository(RefreshTokenFamily)
        .createQueryBuilder()
        .update()
        .set({ rotatedAt: () => 'rotated_at - 1400' })
        .execute();
      expect(await held.complete()).toBe(401);
      expect(app.events.at(-1)).toMatchObject({ type: 'reuse_detected', cause: 'parent_late' });
    },
  );
});
