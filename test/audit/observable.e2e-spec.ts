import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Injectable, Post } from '@nestjs/common';
import { AuthenticationService, type SecurityEvent, SecurityEvents } from 'nestjs-aerie';
import { filter } from 'rxjs';
import { LogTrap } from '../support/log-trap.js';
import { refreshed, signIn } from '../support/sign-ins.js';
import { BELOW_THE_EDGE, startTestApp, type TestApp } from '../support/test-app.js';

const turn = (): Promise<void> => new Promise((next) => setImmediate(next));

/** What a host writes: it injects the events and watches for theft. */
@Injectable()
class Alarm {
  readonly heard: string[] = [];
  completed = 0;

  constructor({ events$ }: SecurityEvents) {
    events$.subscribe({
      next: ({ type }) => this.heard.push(type),
      complete: () => (this.completed += 1),
    });
  }
}

@Controller()
class Reset {
  constructor(private readonly authentication: AuthenticationService) {}
  @Post('reset') async reset() {
    return { ended: await this.authentication.endAllSignIns('user-1') };
  }
}

describe.each(BELOW_THE_EDGE)('security events as an observable, on %s', (adapter) => {
  const log = new LogTrap();
  let app: TestApp;
  afterEach(() => app.close());
  const start = async (): Promise<Alarm> => {
    const providers = [Alarm];
    app = await startTestApp({ adapter, providers, controllers: [Reset], override: log.override });
    await app.users.add('ada');
    return app.app.get(Alarm);
  };

  it('are heard wherever SecurityEvents is injected, as onSecurityEvent hears them', async () => {
    const alarm = await start();
    const { body } = await signIn(app, 'tokens');
    await refreshed(app, body.refresh_token);
    expect((await app.client().post('/reset')).body).toEqual({ ended: 1 });
    await turn();
    expect(alarm.heard).toEqual(['signed_in', 'token_rotated', 'subject_ended']);
    expect(app.events.map(({ type }) => type)).toEqual(alarm.heard);
  });

  it('fail no request, and no other subscriber, with one that throws or never comes to an end', async () => {
    const { events$ } = (await start(), app.app.get(SecurityEvents));
    const heard: SecurityEvent[] = [];
    events$.subscribe(() => {
      throw new Error('a bug of the host');
    });
    events$.pipe(filter(() => true)).subscribe(() => new Promise(() => undefined));
    events$.subscribe((event) => heard.push(event));
    const { body } = await signIn(app, 'tokens');
    expect((await refreshed(app, body.refresh_token)).user.id).toBe('user-1');
    await turn();
    expect(heard.map(({ type }) => type)).toEqual(['signed_in', 'token_rotated']);
    expect(log.lines.filter((line) => line.includes('a bug of the host'))).toHaveLength(2);
  });

  it('complete when the application has shut down, with what the last requests did', async () => {
    const alarm = await start();
    // While a shutdown goes on, before the server is closed.
    const late = { beforeApplicationShutdown: () => app.authentication.revokeEverything() };
    Object.assign(app.app.get(Reset), late);
    expect(alarm.completed).toBe(0);
    await app.close();
    expect([alarm.heard, alarm.completed]).toEqual([['everything_revoked'], 1]);
  });
});
