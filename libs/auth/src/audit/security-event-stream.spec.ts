import { describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { filter, firstValueFrom, map, merge, type Observable } from 'rxjs';
import { AuthCounters } from './auth-counters.js';
import { SecurityEventBus } from './security-event-bus.js';
import { ListenerSecurityEventSink } from './security-event-outputs.js';
import type { SecurityEvent } from './security-event.js';
import { SecurityEventStream } from './security-event-stream.js';

const CHANGED: SecurityEvent = { type: 'subject_changed', subject: 'ada', reason: 'roles_changed' };
const turn = (): Promise<void> => new Promise((next) => setImmediate(next));

/** What is written to Nest's logger while `work` runs. */
async function logged(work: () => Promise<void>): Promise<string[]> {
  const lines: string[] = [];
  const keep = (line: unknown): void => void lines.push(String(line));
  Logger.overrideLogger({ log: keep, error: keep, warn: keep, debug: keep });
  try {
    await work();
  } finally {
    Logger.overrideLogger(false);
  }
  return lines;
}

describe('the stream of security events', () => {
  it('is heard in order, after the call, from the subscription on', async () => {
    const stream = new SecurityEventStream();
    stream.record({ type: 'everything_revoked' });
    const heard: string[] = [];
    stream.events$.subscribe(({ type }) => heard.push(type));
    stream.record(CHANGED);
    stream.record({ type: 'everything_revoked' });
    expect(heard).toEqual([]);
    await turn();
    expect(heard).toEqual(['subject_changed', 'everything_revoked']);
  });

  const fail = (): never => {
    throw new Error('a bug of mine');
  };
  type Events = Observable<SecurityEvent>;
  it.each<[string, (events$: Events) => unknown, number]>([
    ['throws', (events$) => events$.subscribe(fail), 2],
    ['throws from its observer', (events$) => events$.subscribe({ next: fail }), 2],
    [
      'throws behind operators',
      (events$) =>
        events$
          .pipe(
            filter(() => true),
            map(String),
          )
          .subscribe(fail),
      2,
    ],
    ['has an operator that throws', (events$) => events$.pipe(map(fail)).subscribe(), 1],
    ['throws when it is told of that', (events$) => events$.pipe(map(fail)).subscribe({ error: fail }), 1],
    ['rejects its promise', (events$) => events$.subscribe(async () => fail()), 2],
  ])('outlives a subscriber that %s', async (_, subscribe, times) => {
    const heard: string[] = [];
    const lines = await logged(async () => {
      const stream = new SecurityEventStream();
      subscribe(stream.events$);
      stream.events$.subscribe(({ type }) => heard.push(type));
      for (let i = 0; i < 2; i++) {
        stream.record(CHANGED);
        await turn();
      }
      // RxJS would throw from a timer.
      await new Promise((next) => setTimeout(next, 5));
    });
    expect(heard).toEqual(['subject_changed', 'subject_changed']);
    expect(lines).toEqual(Array(times).fill('a subscriber of events$ failed: a bug of mine'));
  });

  it('completes with what waits, for late subscribers too', async () => {
    const stream = new SecurityEventStream();
    const heard: string[] = [];
    const complete = (): void => void heard.push('complete');
    stream.events$.subscribe({ next: ({ type }) => heard.push(type), complete });
    const first = firstValueFrom(stream.events$);
    stream.record(CHANGED);
    stream.complete();
    expect(heard).toEqual(['subject_changed', 'complete']);
    expect(await first).toBe(CHANGED);
    stream.record(CHANGED);
    await turn();
    merge(stream.events$).subscribe({ complete });
    expect(heard).toEqual(['subject_changed', 'complete', 'complete']);
  });

  it('keeps nothing for who has left', async () => {
    const stream = new SecurityEventStream();
    const heard: string[] = [];
    const subscription = stream.events$.pipe(map(({ type }) => type)).subscribe((type) => heard.push(type));
    subscription.unsubscribe();
    stream.record(CHANGED);
    await turn();
    expect(heard).toEqual([]);
  });
});

describe('several sinks as one', () => {
  it('hear every event, whatever one of them does, and cannot change it', async () => {
    const heard: SecurityEvent[] = [];
    const alters = new ListenerSecurityEventSink((event) => Object.assign(event, { subject: 'eve' }));
    const rejects = new ListenerSecurityEventSink(() => Promise.reject(new Error('slow and wrong')));
    const throws = {
      record: () => {
        throw new Error('a broken sink');
      },
    };
    const lines = await logged(async () => {
      new SecurityEventBus(new AuthCounters(), [
        throws,
        alters,
        rejects,
        { record: (event) => heard.push(event) },
      ]).record({
        ...CHANGED,
      });
      await turn();
    });
    expect(heard).toEqual([CHANGED]);
    expect(lines).toHaveLength(3);
    expect(lines.join()).toMatch(
      /a security event was lost: a broken sink.*onSecurityEvent failed.*slow and wrong/s,
    );
  });
});
