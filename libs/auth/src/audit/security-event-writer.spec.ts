import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Clock } from '../time/clock.js';
import { type SecurityEventRecord, SecurityEventStore } from './security-event-store.js';
import { SecurityEventWriter } from './security-event-writer.js';

class Now extends Clock {
  at = 1_000_000;
  now = (): number => this.at;
  monotonic = (): number => this.at;
}

/** The clock of the store is ahead of that of this process. */
const AHEAD_MS = 7_000_000;

class Kept extends SecurityEventStore {
  readonly records: SecurityEventRecord[] = [];
  readonly batches: number[] = [];
  readonly erased: string[] = [];
  constructor(private readonly clock: Now) {
    super();
  }
  tries = 0;
  away = false;
  async now(): Promise<number> {
    if (this.away) throw new Error(`away ${(this.tries += 1)} times`);
    return this.clock.at + AHEAD_MS;
  }
  async append(records: readonly SecurityEventRecord[]): Promise<void> {
    if (this.away) throw new Error('away');
    this.batches.push(records.length);
    this.records.push(...records);
  }
  list = async () => [];
  async erase(subject: string): Promise<void> {
    if (this.away) throw new Error('away');
    this.erased.push(subject);
  }
  sweep = async () => 0;
}

describe('events that are written behind requests', () => {
  let clock: Now;
  let store: Kept;
  let sink: SecurityEventWriter;
  let warnings: string[];
  beforeEach(() => {
    jest.useFakeTimers();
    warnings = [];
    const keep = (line: unknown): void => void warnings.push(String(line));
    Logger.overrideLogger({ log: keep, error: keep, warn: keep });
    clock = new Now();
    store = new Kept(clock);
    sink = new SecurityEventWriter(store, clock);
  });
  afterEach(() => {
    jest.useRealTimers();
    Logger.overrideLogger(false);
  });
  const change = (subject = 'ada'): void =>
    sink.record({ type: 'subject_changed', subject, reason: 'roles' });

  it('are written within a second, dated by the clock of the store', async () => {
    change();
    clock.at += 400;
    change();
    await jest.advanceTimersByTimeAsync(999);
    expect(store.records).toEqual([]);
    clock.at += 600;
    await jest.advanceTimersByTimeAsync(1);
    expect(store.records.map(({ at }) => at - AHEAD_MS)).toEqual([1_000_000, 1_000_400]);
    change();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(store.batches).toEqual([1, 1, 1]);
    expect(new Set(store.records.map(({ id }) => id)).size).toBe(3);
  });

  it('are written in batches of few sizes, in order', async () => {
    for (let i = 0; i < 112; i++) change(`user-${i}`);
    await sink.flush();
    expect(store.batches).toEqual([50, 50, 5, 5, 1, 1]);
    expect(store.records.map(({ subject }) => subject)).toEqual(
      Array.from({ length: 112 }, (_, i) => `user-${i}`),
    );
    const ids = store.records.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort());
  });

  it('leave routine out', async () => {
    const who = { subject: 'ada', signInId: 'x', ip: null, userAgent: null };
    sink.record({ type: 'token_rotated', generation: 1, ...who });
    sink.record({ type: 'token_replayed', ageMs: 1, sameIp: true, sameUserAgent: true, ...who });
    await sink.flush();
    expect(store.records).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('are tried again less and less often while the store is away', async () => {
    store.away = true;
    change();
    const tries: number[] = [];
    for (let second = 0; second <= 65; second++) {
      const before = store.tries;
      await jest.advanceTimersByTimeAsync(1_000);
      if (store.tries > before) tries.push(second);
    }
    // After 1, then 2, 4, 8 and 16 seconds: then that batch is given up, and nothing waits any more.
    expect(tries).toEqual([0, 2, 6, 14, 30]);
    expect(warnings).toHaveLength(1);
    store.away = false;
    change();
    await sink.flush();
    expect([store.records.length, warnings.slice(1)]).toEqual([
      1,
      ['security events are written again: 1 were lost'],
    ]);
  });

  it('are written when the sink stops; what cannot be is counted, and nothing is tried afterwards', async () => {
    change();
    await sink.stop();
    expect(store.records).toHaveLength(1);
    store.away = true;
    for (let i = 0; i < 3; i++) change();
    await sink.stop();
    expect(warnings.at(-1)).toBe('3 security events were not written to the table');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('of a subject that is forgotten are dropped', async () => {
    change('ada');
    change('bob');
    sink.record({ type: 'subject_ended', subject: 'ada', reason: 'forgotten', ended: 1 });
    await sink.flush();
    expect(store.records.map(({ subject }) => subject)).toEqual(['bob', null]);
    expect(store.erased).toEqual(['ada']);
  });

  it('of a subject that is forgotten are erased also when they were written a moment before', async () => {
    change('ada');
    await sink.flush();
    sink.record({ type: 'subject_ended', subject: 'ada', reason: 'forgotten', ended: 1 });
    await jest.advanceTimersByTimeAsync(1_000);
    expect(store.erased).toEqual(['ada']);
  });

  it('of a subject that is forgotten are erased when they were under way', async () => {
    change('ada');
    const writing = sink.flush();
    // Past the wait for a run before it: the batch is on its way.
    await Promise.resolve();
    sink.record({ type: 'subject_ended', subject: 'ada', reason: 'forgotten', ended: 1 });
    await writing;
    expect(store.erased).toEqual(['ada']);
  });

  it('of a subject that is forgotten are not tried again', async () => {
    store.away = true;
    change('ada');
    const writing = sink.flush();
    await Promise.resolve();
    sink.record({ type: 'subject_ended', subject: 'ada', reason: 'forgotten', ended: 1 });
    await writing;
    store.away = false;
    await sink.flush();
    expect(store.records.map(({ subject }) => subject)).toEqual([null]);
    expect(store.erased).toEqual(['ada']);
  });

  const who = { subject: 'ada', signInId: 'x', ip: null, userAgent: null };
  const nobody = { ip: '192.0.2.1', userAgent: null };
  const reuse = (subject: string): void =>
    sink.record({
      type: 'reuse_detected',
      cause: 'ancestor',
      distance: 2,
      ageMs: 1,
      holder: nobody,
      ...who,
      subject,
    });
  const refused = (): void => sink.record({ type: 'sign_in_refused', reason: 'credentials', ...nobody });
  const typesKept = (): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { type } of store.records) counts[type] = (counts[type] ?? 0) + 1;
    return counts;
  };

  it('leave out tokens and clients that are none of ours', async () => {
    sink.record({
      type: 'refresh_refused',
      reason: 'malformed',
      subject: null,
      signInId: null,
      ...nobody,
    });
    sink.record({ type: 'client_refused', reason: 'unknown', clientId: null, ...nobody });
    await sink.flush();
    expect(store.records).toEqual([]);
  });

  it('keep a hundred refusals a minute, ten of one subject', async () => {
    const late = (subject: string): void =>
      sink.record({ type: 'refresh_refused', reason: 'revoked', ...who, subject });
    for (let i = 0; i < 50; i++) late('ada');
    await sink.flush();
    expect(typesKept()).toEqual({ refresh_refused: 10 });
    for (let i = 0; i < 500; i++) refused();
    late('bob');
    await sink.flush();
    expect(typesKept()).toEqual({ refresh_refused: 10, sign_in_refused: 90 });
    // A minute from the first of them, wherever the clock's own minutes begin.
    clock.at += 59_999;
    refused();
    late('ada');
    await sink.flush();
    expect(typesKept()).toEqual({ refresh_refused: 10, sign_in_refused: 90 });
    clock.at += 1;
    refused();
    late('ada');
    await sink.flush();
    expect(typesKept()).toEqual({ refresh_refused: 11, sign_in_refused: 91 });
  });

  it('keep a hundred events a minute of one subject, and every reuse of a token', async () => {
    for (let i = 0; i < 300; i++) change('eve');
    reuse('eve');
    change('ada');
    await sink.flush();
    expect(typesKept()).toEqual({ reuse_detected: 1, subject_changed: 101 });
  });

  it('have room for each class: refusals take none of an alarm, nor do the events of accounts', async () => {
    store.away = true;
    for (let minute = 0; minute < 20; minute++) {
      clock.at += 60_000;
      for (let i = 0; i < 200; i++) refused();
    }
    for (let i = 0; i < 10_100; i++) change(`user-${i}`);
    reuse('ada');
    store.away = false;
    await sink.flush();
    expect(typesKept()).toEqual({ reuse_detected: 1, subject_changed: 10_000, sign_in_refused: 1_000 });
    expect(store.records[0]).toMatchObject({ type: 'reuse_detected' });
    expect(warnings).toEqual([
      'security events are not written to the table for now: 1000 of them wait already',
      'security events are written again: 1100 were lost',
    ]);
  });
});
